/**
 * A model's tokenizer, as a chat template needs it: synchronous, and with no text that can become structure by accident.
 */
export interface TextTokenizer {
  /** SHA-256 of the vocabulary's file and of the added tokens that came from beside it. */
  readonly hash: string
  /** Tokens that stand outside the vocabulary of text, such as `<|im_end|>` and `<tool_call>`, by how they read. */
  readonly addedTokens: ReadonlyMap<string, number>
  /** Number of ids, gaps counted: one more than the largest. */
  readonly size: number
  /**
   * Ids of a text, none of them an added token: a text that spells `<|im_end|>` stays text. The text is put into Unicode
   * normal form C first where the model's tokenizer does so; nothing else is lost. Takes time in proportion to the length;
   * a text beyond `longestText` characters is refused with the code `text_too_long`.
   */
  encode(text: string): number[]
  /**
   * Text of the ids from `start` to `end`, added tokens spelt out; what is not UTF-8 and ids that do not exist as U+FFFD.
   * For reading only: encoding it again may give other ids.
   */
  decode(tokens: readonly number[], start?: number, end?: number): string
}

/** Characters (UTF-16 units) that `encode` takes at once: more than any context holds, and some ten seconds of work at the very worst. */
export const longestText = 1_000_000
