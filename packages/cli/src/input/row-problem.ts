import path from 'node:path'
import type { QuestionRow } from './read-questions.ts'

const known = ['question', 'answer', 'options', 'image', 'images']

/** What is wrong with a row beyond its form, in a sentence: a question would be asked otherwise than it was meant. */
export function rowProblem(
  row: QuestionRow,
  files: readonly string[],
  folder: string,
  textOnly: boolean,
): string | undefined {
  for (const key of Object.keys(row)) {
    const meant = known.includes(key) ? undefined : known.find((name) => !(name in row) && isNear(key, name))
    if (meant !== undefined) return `there is a field "${key}" and none "${meant}"; rename it if that is what it is.`
  }
  if (textOnly) return undefined
  // A file of questions may come from anywhere: it names images in its own folder, or in the one that the user names.
  const outside = files.find((file) => path.relative(folder, file).startsWith('..'))
  if (outside !== undefined)
    return `the image ${outside} lies outside of ${folder}. Name a folder that holds it by --images.`
  let next = 0
  for (const [placeholder, digits] of row.question.matchAll(/<image(\d{0,3})>/g)) {
    const number = digits === '' ? next + 1 : Number(digits)
    next = number
    if (number > files.length || number === 0)
      return `${placeholder} stands for no image, the row has ${files.length}. Name it in "image" or "images", or leave all images out by --text-only.`
  }
  return undefined
}

/** Whether two words are one letter apart. */
function isNear(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  if (long.length - short.length > 1 || one === other) return false
  let at = 0
  while (at < short.length && short[at] === long[at]) at += 1
  return short.slice(long.length > short.length ? at : at + 1) === long.slice(at + 1)
}
