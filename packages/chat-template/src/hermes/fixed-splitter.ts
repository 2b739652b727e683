import type { TextTokenizer } from '../tokenizer/text-tokenizer.ts'

/** A function that divides text of a layout at the tokens it spells: text between them, and their ids. */
export function fixedSplitter(tokenizer: TextTokenizer): (text: string) => readonly (string | number)[] {
  const spellings = [...tokenizer.addedTokens.keys()].toSorted((a, b) => b.length - a.length)
  const pattern = new RegExp(
    `(${spellings.map((spelling) => spelling.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')})`,
  )
  const known = new Map<string, readonly (string | number)[]>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const parts = text
      .split(pattern)
      .filter((part) => part !== '')
      .map((part) => tokenizer.addedTokens.get(part) ?? part)
    known.set(text, parts)
    return parts
  }
}
