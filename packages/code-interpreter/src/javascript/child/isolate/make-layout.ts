import type { Uncurry } from './uncurry.ts'

/** Puts the shown entries of an object between brackets: on one line where they fit, packed in lines for long lists. */
export type Layout = (head: string, brackets: '{}' | '[]', entries: readonly string[]) => string

export function makeLayout(uncurry: Uncurry): Layout {
  const width = 76
  const includes = uncurry(String.prototype, 'includes')
  const replaceAll = uncurry(String.prototype, 'replaceAll') as unknown as (
    text: string,
    from: string,
    to: string,
  ) => string

  const packs = (entries: readonly string[]): boolean => {
    if (entries.length <= 6) return false
    for (let at = 0; at < entries.length; at += 1) {
      const entry = entries[at] ?? ''
      // The last one may say how many more there are.
      if ((entry.length > 24 && at < entries.length - 1) || includes(entry, '\n')) return false
    }
    return true
  }

  return (head, brackets, entries) => {
    const open = `${head}${brackets[0]}`
    const close = brackets[1] ?? ''
    if (entries.length === 0) return `${open}${close}`
    let line = ''
    let broken = false
    for (let at = 0; at < entries.length && line.length <= width; at += 1) {
      const entry = entries[at] ?? ''
      line += at === 0 ? entry : `, ${entry}`
      broken ||= includes(entry, '\n')
    }
    if (!broken && open.length + line.length <= width) return `${open} ${line} ${close}`
    const packed = brackets === '[]' && packs(entries)
    let text = open
    let room = 0
    for (let at = 0; at < entries.length; at += 1) {
      const entry = `${replaceAll(entries[at] ?? '', '\n', '\n  ')}${at === entries.length - 1 ? '' : ','}`
      if (packed && entry.length < room) {
        text += ` ${entry}`
        room -= entry.length + 1
      } else {
        text += `\n  ${entry}`
        room = width - entry.length - 2
      }
    }
    return `${text}\n${close}`
  }
}
