import { stat } from 'node:fs/promises'
import path from 'node:path'
import { InterleaveError, jsonValueSchema, readJsonLines, type JsonValue } from '@interleave/trajectory'
import { z } from 'zod'
import { questionReference } from './question-reference.ts'
import { rowProblem } from './row-problem.ts'

const missing = (kind: string) => ({
  error: ({ input }: { input?: unknown }): string => (input === undefined ? 'is missing' : `must be ${kind}`),
})
const words = z.union([z.string(), z.number()], missing('a text or a number')).transform(String)

/** One line of a file of questions. Fields that are not named here become the task's metadata. */
const questionRow = z
  .object({
    id: words.optional(),
    question: z.string(missing('a text')).min(1, 'is empty'),
    answer: words,
    options: z.array(words).max(10).nullish(),
    image: z.string().nullish(),
    images: z.array(z.string()).nullish(),
  })
  .catchall(jsonValueSchema)

export type QuestionRow = z.output<typeof questionRow>

export interface QuestionOptions {
  /** Folder that image paths are relative to. Default: the folder of the file. */
  readonly images?: string
  /** Leave images and their placeholders out. */
  readonly textOnly?: boolean
  /** Keep only these ids, in the order of the file. */
  readonly ids?: readonly string[]
  /** Called with a sentence that names file and line instead of throwing, and the row is left out. */
  readonly onBad?: (sentence: string) => void
}

/** A question whose images are not read yet. */
export interface Question {
  readonly id: string
  /** File and line, for messages. */
  readonly place: string
  readonly row: QuestionRow
  readonly files: readonly string[]
  /** As the verifier takes it. */
  readonly reference: JsonValue
}

/**
 * The questions of a JSONL file, its image files found but not yet read. Throws `bad_row`, naming file and line, for a row
 * that is no question, for an id that stands twice and for an image that is not there.
 */
export async function readQuestions(file: string, options: QuestionOptions): Promise<Question[]> {
  const folder = options.images ?? path.dirname(file)
  const questions: Question[] = []
  const seen = new Map<string, number>()
  const bad = (sentence: string): void => {
    if (options.onBad === undefined) throw new InterleaveError('bad_row', sentence)
    options.onBad(sentence)
  }
  const wanted = options.ids === undefined ? undefined : new Set(options.ids)
  const rows = readJsonLines(file, {
    schema: questionRow,
    onBad: options.onBad === undefined ? 'stop' : (problem) => options.onBad?.(problem.message),
  })
  for await (const { line, value: row } of rows) {
    const place = `${file}:${line}`
    const id = row.id ?? String(line)
    if (wanted?.has(id) === false) continue
    const first = seen.get(id)
    if (first !== undefined) {
      bad(`${place}: the id "${id}" stands in line ${first} already; give each question its own.`)
      continue
    }
    seen.set(id, line)
    const names = options.textOnly === true ? [] : [...(row.image == null ? [] : [row.image]), ...(row.images ?? [])]
    const files = names.map((name) => path.resolve(folder, name))
    const problem = rowProblem(row, files, folder, options.textOnly ?? false) ?? (await missingFile(files))
    const reference = questionReference(row.answer, row.options ?? [])
    if (problem !== undefined) bad(`${place}: ${problem}`)
    else if (reference === undefined)
      bad(`${place}: answer: "${row.answer}" is neither one of the options nor the letter of one.`)
    else questions.push({ id, place, row, files, reference })
  }
  const lost = options.ids?.find((id) => !seen.has(id))
  if (lost !== undefined)
    throw new InterleaveError('bad_row', `${file} has no row with the id "${lost}", which --ids asks for.`)
  return questions
}

async function missingFile(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const found = await stat(file).catch(() => undefined)
    if (found?.isFile() !== true)
      return `there is no image ${file}. Name its folder by --images, or leave all images out by --text-only.`
  }
  return undefined
}
