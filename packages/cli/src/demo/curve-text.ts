/** Sizes in px, where the picture is 900 px wide. */
export const fontSizes = { title: 20, subtitle: 14, panel: 15, axisTitle: 13, axisLabel: 12, legend: 14 }

export const ink = { strong: '#1a1a1a', plain: '#444444', axis: '#999999', grid: '#e4e4e4' }

// What Vega takes a letter to be wide, in parts of the font size, where it has no canvas to measure with. Real letters of the
// font are narrower, so that what is laid out by this fits.
const letterWidth = 0.8

/** The most that a text can be wide, in px. */
export function textWidth(text: string, size: number): number {
  return text.length * size * letterWidth
}

/** A text in lines that fit a width in px; a longer word is cut. */
export function wrapText(text: string, size: number, width: number): string[] {
  const room = Math.floor(width / (size * letterWidth))
  const words = text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [])
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
