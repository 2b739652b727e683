import { contentHash, InterleaveError, messageOf, type MediaStore, type Task } from '@interleave/trajectory'
import { readFile } from 'node:fs/promises'
import { loadQuestion } from './load-question.ts'
import { readQuestions, type QuestionOptions } from './read-questions.ts'

/** The questions of a run, loaded as its steps need them. */
export interface Questions {
  readonly ids: readonly string[]
  /** SHA-256 of the file. */
  readonly hash: string
  load(start: number, end: number): Promise<Task[]>
}

/**
 * Opens a file of questions. A bad row throws `bad_row`: one that shows in the file itself now, an image that cannot be
 * used once its step comes. With `onBad` all images are read now, since what is left out must be known beforehand.
 */
export async function openQuestions(
  file: string,
  media: MediaStore,
  options: QuestionOptions & { readonly limit?: number },
): Promise<Questions> {
  const found = (await readQuestions(file, options)).slice(0, options.limit)
  const hash = contentHash(await readFile(file))
  if (options.onBad === undefined) {
    refuseNone(file, found.length)
    const load = (start: number, end: number): Promise<Task[]> =>
      Promise.all(found.slice(start, end).map((question) => loadQuestion(question, media)))
    return { ids: found.map(({ id }) => id), hash, load }
  }
  const tasks: Task[] = []
  for (const question of found) {
    try {
      tasks.push(await loadQuestion(question, media))
    } catch (error) {
      options.onBad(messageOf(error))
    }
  }
  refuseNone(file, tasks.length)
  return { ids: tasks.map(({ id }) => id), hash, load: (start, end) => Promise.resolve(tasks.slice(start, end)) }
}

function refuseNone(file: string, count: number): void {
  if (count === 0) throw new InterleaveError('no_tasks', `${file} holds no question to sample.`)
}
