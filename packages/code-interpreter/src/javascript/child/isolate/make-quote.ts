import type { Uncurry } from './uncurry.ts'

/** Text as a literal, in single quotes where it can be, on one line. */
export type Quote = (text: string) => string

export function makeQuote(uncurry: Uncurry): Quote {
  const longest = 10_000
  const codeAt = uncurry(String.prototype, 'charCodeAt')
  const slice = uncurry(String.prototype, 'slice')
  const includes = uncurry(String.prototype, 'includes')
  const digits = '0123456789ABCDEF'
  const short: Record<number, string> = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r', 92: '\\\\' }

  const escape = (code: number): string => {
    const hex = `${digits[(code >> 4) & 15]}${digits[code & 15]}`
    return code < 256 ? `\\x${hex}` : `\\u${digits[code >> 12]}${digits[(code >> 8) & 15]}${hex}`
  }
  const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff
  const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff

  return (text) => {
    const kept = slice(text, 0, longest)
    const mark = !includes(kept, "'") ? "'" : !includes(kept, '"') ? '"' : includes(kept, '`') ? "'" : '`'
    let literal = mark
    for (let at = 0; at < kept.length; at += 1) {
      const code = codeAt(kept, at)
      if (isHigh(code) && at + 1 < kept.length && isLow(codeAt(kept, at + 1))) {
        literal += `${kept[at]}${kept[at + 1]}`
        at += 1
      } else if (kept[at] === mark) literal += `\\${mark}`
      else if (short[code] !== undefined) literal += short[code]
      else if (code < 32 || (code >= 127 && code < 160) || isHigh(code) || isLow(code)) literal += escape(code)
      else literal += kept[at]
    }
    const rest = text.length - kept.length
    return `${literal}${mark}${rest === 0 ? '' : `... ${rest} more character${rest === 1 ? '' : 's'}`}`
  }
}
