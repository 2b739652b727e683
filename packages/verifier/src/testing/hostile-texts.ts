/** A named text that no verifier should accept or be slow on. */
export interface HostileText {
  readonly name: string
  readonly text: string
}

const size = 100_000

function filled(unit: string): string {
  return unit.repeat(Math.ceil(size / unit.length))
}

/** Texts of about 100 KB made to slow down or confuse a reader of replies. */
export function hostileTexts(): HostileText[] {
  const units = {
    'one letter': 'A',
    spaces: ' ',
    'line ends': '\n',
    digits: '9',
    'numbers and spaces': '1 2 3 ',
    'opening boxes': '\\boxed{',
    'boxes without braces': '\\boxed ',
    'both box commands': '\\boxed\\fbox ',
    'opening braces': '{',
    'closing braces': '}',
    backslashes: '\\',
    'opening answer tags': '<answer>',
    'closing answer tags': '</answer>',
    'opening thinking tags': '<think>',
    'closing thinking tags': '</think>',
    'opening angle brackets': '<',
    'opening parentheses': '(',
    'dollar signs': '$',
    'LaTeX text commands': '\\text{',
    'full stops': '.',
    'combining marks out of order': '\u0315\u0316',
    'half-width voicing marks': '\u0315\uFF9E',
    'lone surrogates': '\uD83D',
    'null characters': '\0',
    'lettered hedges': '(A) or (B) ',
  }
  return Object.entries(units).flatMap(([name, unit]) => [
    { name, text: filled(unit) },
    { name: `${name} in an answer tag`, text: `<answer>${filled(unit)}</answer>` },
    { name: `${name} in a box`, text: `\\boxed{${filled(unit)}}` },
  ])
}

/** Replies that state no answer. */
export const emptyReplies: readonly string[] = [
  '',
  ' \n',
  '<answer></answer>',
  '<answer> </answer>',
  '\\boxed{}',
  '</think>',
  '<think>',
  '<think></think>',
]
