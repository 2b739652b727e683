const names = [
  'endOfText',
  'turnStart',
  'turnEnd',
  'imagePad',
  'thinkOpen',
  'thinkClose',
  'callOpen',
  'callClose',
  'responseOpen',
  'responseClose',
  'answerOpen',
  'answerClose',
] as const

/** How each special token reads, in order of id from 256 up. Text that spells one of them never becomes its id. */
export const byteSpellings: readonly string[] = [
  '<|endoftext|>',
  '<|im_start|>',
  '<|im_end|>',
  '<|image_pad|>',
  '<think>',
  '</think>',
  '<tool_call>',
  '</tool_call>',
  '<tool_response>',
  '</tool_response>',
  '<answer>',
  '</answer>',
]

/**
 * The special ids of the byte-level template. Ids 0-255 are the bytes of UTF-8 text; these follow. There are
 * `byteVocabularySize` ids in all.
 */
export const byteIds = Object.fromEntries(names.map((name, index) => [name, 256 + index])) as Readonly<
  Record<(typeof names)[number], number>
>

/** Number of ids of the byte-level template: 256 bytes and the special tokens. */
export const byteVocabularySize = 256 + names.length
