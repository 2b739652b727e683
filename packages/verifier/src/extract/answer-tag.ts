const open = '<answer>'
const close = '</answer>'

/** What stands in the last complete `<answer>…</answer>`, or null. Tags are matched to the letter. Linear time. */
export function answerTag(text: string): string | null {
  const lastClose = text.lastIndexOf(close)
  if (lastClose === -1) return null
  const start = text.lastIndexOf(open, lastClose)
  if (start === -1) return null
  // The first closing tag after it: of `<answer>A</answer></answer>` the answer is A.
  return text.slice(start + open.length, text.indexOf(close, start))
}
