/** How many characters there were, and how many were kept. */
export interface Cut {
  from: number
  to: number
}

/** The first characters of a text and, where that is not all of it, a line that says so. Never cuts a character in half. */
export function cutText(text: string, maxChars: number): { text: string; truncated?: Cut } {
  if (text.length <= maxChars) return { text }
  const kept = headOf(text, maxChars)
  return { text: `${kept}${cutNotice(kept.length, text.length)}`, truncated: { from: text.length, to: kept.length } }
}

export function headOf(text: string, maxChars: number): string {
  const last = text.charCodeAt(maxChars - 1)
  const splitsPair = maxChars < text.length && last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? maxChars - 1 : maxChars)
}

export function cutNotice(to: number, from: number): string {
  return `\n[Output cut: the first ${to} of ${from} characters are shown.]`
}
