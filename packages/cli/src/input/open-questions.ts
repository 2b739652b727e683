import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import {
  contentHash,
  InterleaveError,
  messageOf,
  type JsonObject,
  type MediaStore,
  type Task,
} from '@interleave/trajectory'
import { loadQuestion, readImages } from './load-question.ts'
import { readQuestions, type Question, type QuestionOptions } from './read-questions.ts'

/** The questions of a run, loaded as its steps need them. */
export interface Questions {
  readonly count: number
  /** What they are, for the manifest of a run: hashes of the file, of the ids taken from it, and of names and sizes of the images. */
  readonly manifest: JsonObject
  load(start: number, end: number, media: MediaStore): Promise<Task[]>
}

/**
 * Opens a file of questions. A bad row throws `bad_row`: one that shows in the file itself now, an image that cannot be
 * used once its step comes. With `onBad` all images are read now, since what is left out must be known beforehand.
 */
export async function openQuestions(
  file: string,
  options: QuestionOptions & { readonly limit?: number },
): Promise<Questions> {
  const found = (await readQuestions(file, options)).slice(0, options.limit)
  const questions = options.onBad === undefined ? found : await usable(found, options.onBad)
  if (questions.length === 0) throw new InterleaveError('no_tasks', `${file} holds no question to sample.`)
  const sizes = questions.flatMap(({ files }) =>
    files.map(async (image) => `${path.basename(image)} ${(await stat(image)).size}`),
  )
  return {
    count: questions.length,
    manifest: {
      file: contentHash(await readFile(file)),
      ids: contentHash(questions.map(({ id }) => id).join('\n')),
      images: contentHash((await Promise.all(sizes)).join('\n')),
    },
    load: (start, end, media) =>
      Promise.all(questions.slice(start, end).map((question) => loadQuestion(question, media))),
  }
}

async function usable(questions: readonly Question[], onBad: (sentence: string) => void): Promise<Question[]> {
  const kept: Question[] = []
  for (const question of questions) {
    try {
      await readImages(question)
      kept.push(question)
    } catch (error) {
      onBad(messageOf(error))
    }
  }
  return kept
}
