import { byteIds } from '@interleave/chat-template/byte'
import { wording, type Wording } from '../grammar/wording.ts'
import { answersOf, kinds, type Kind } from '../kinds.ts'
import { guessLetters, guessNumbers } from '../parameters.ts'

const mostRemembered = 1024
const letterOption = /(?:^|[\s(])([A-J])[.):]/g

/** What a question asks for and how it can be answered. */
export interface Question {
  readonly kind: Kind | undefined
  /** Wording of each possible answer. */
  readonly answers: Wording
  /** Whether the answers are letters, else numbers. */
  readonly lettered: boolean
  /** For each letter, which of the kind's answers it stands for; -1 where that is not known. */
  readonly meaning: Int8Array
}

const remembered = new Map<string, Question>()
const numbers = answerWording(guessNumbers)
const letters = Array.from({ length: guessLetters.length + 1 }, (_, count) =>
  answerWording(Array.from(guessLetters.slice(0, count))),
)

/** Recognises a question by its words: its kind by the sentence, its options by their letters. */
export function readQuestion(text: string): Question {
  const known = remembered.get(text)
  if (known !== undefined) return known
  const kind = kinds.find(({ stem }) => text.includes(stem))
  const options = lettered(text)
  const answers = kind === undefined ? [] : answersOf(kind)
  const question: Question = {
    kind,
    lettered: options.length > 1,
    answers: options.length > 1 ? (letters[options.length] ?? numbers) : numbers,
    meaning: Int8Array.from(options, (option) => answers.indexOf(option)),
  }
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(text, question)
  return question
}

/** The texts of options A, B, … in order, each up to the next letter or the end of its line. */
function lettered(text: string): string[] {
  const marks: { start: number; end: number }[] = []
  for (const match of text.matchAll(letterOption))
    if (match[1] === guessLetters[marks.length]) marks.push({ start: match.index, end: match.index + match[0].length })
  return marks.map(({ end }, index) => (text.slice(end, marks[index + 1]?.start).split('\n')[0] ?? '').trim())
}

function answerWording(answers: readonly string[]): Wording {
  return wording(answers.map((answer) => [`\\boxed{${answer}}`, byteIds.answerClose, byteIds.turnEnd]))
}
