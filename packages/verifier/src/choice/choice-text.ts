import { normaliseText } from '../normalise-text.ts'

/** An answer or an option's text without emphasis, dollar signs and LaTeX text commands, case and spaces kept. */
export function plainChoice(text: string): string {
  let plain = text.replace(/\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox)\s*\{([^{}]*)\}/g, '$1')
  plain = plain.replace(/\*\*/g, '').trim()
  const math = mathDelimiters.find(([open, close]) => enclosed(plain, open, close))
  return math === undefined ? plain : plain.slice(math[0].length, -math[1].length).trim()
}

/** What two texts must share to be the same option. */
export function choiceText(text: string): string {
  return normaliseText(plainChoice(text))
}

const mathDelimiters = [
  ['$$', '$$'],
  ['$', '$'],
  ['\\(', '\\)'],
] as const

function enclosed(text: string, open: string, close: string): boolean {
  return text.length >= open.length + close.length && text.startsWith(open) && text.endsWith(close)
}
