import { readFile } from 'node:fs/promises'
import { ingestImage } from '@interleave/image-zoom/ingest'
import {
  InterleaveError,
  messageOf,
  type ContentPart,
  type Image,
  type MediaStore,
  type Task,
} from '@interleave/trajectory'
import { choiceLetters } from '@interleave/verifier'
import type { Question } from './read-questions.ts'

/** The images of a question, normalised. Throws `bad_row`, naming file, line and image, for one that cannot be used. */
export async function readImages({ files, place }: Question): Promise<Image[]> {
  const images: Image[] = []
  for (const file of files) {
    try {
      images.push(await ingestImage(await readFile(file)))
    } catch (error) {
      throw new InterleaveError('bad_row', `${place}: ${file}: ${messageOf(error)}`, { cause: error })
    }
  }
  return images
}

/** A question as a task, its images put into the store. Throws as `readImages` does, and what the store throws. */
export async function loadQuestion(question: Question, media: MediaStore): Promise<Task> {
  const { id, row } = question
  const images: ContentPart[] = []
  for (const image of await readImages(question)) {
    await media.put(image)
    const { hash, height, mime, width } = image
    images.push({ type: 'image', hash, mime, width, height })
  }
  const { answer: _answer, id: _id, image: _image, images: _images, options, question: text, ...metadata } = row
  const choices = options ?? []
  const prompt = [...placeImages(text, images), ...optionLines(choices)]
  return {
    id,
    prompt,
    reference: question.reference,
    metadata,
  }
}

/** Text with `<image>` or `<image1>` replaced by the images; those that it does not name come first. */
function placeImages(text: string, images: readonly ContentPart[]): ContentPart[] {
  const parts: ContentPart[] = []
  const used = new Set<ContentPart>()
  let next = 0
  for (const piece of text.split(/(<image\d{0,3}>)/)) {
    const match = /^<image(\d*)>$/.exec(piece)
    if (match === null) {
      if (piece.trim() !== '') parts.push({ type: 'text', text: piece.trim() })
      continue
    }
    next = match[1] === '' ? next + 1 : Number(match[1])
    // Only a run without images has placeholders that stand for none.
    const image = images[next - 1]
    if (image === undefined) continue
    used.add(image)
    parts.push(image)
  }
  return [...images.filter((image) => !used.has(image)), ...parts]
}

function optionLines(options: readonly string[]): ContentPart[] {
  if (options.length === 0) return []
  // Options that are letters alone name parts of the picture.
  const lines = options.map((option, index) =>
    option === choiceLetters[index] ? option : `${choiceLetters[index]}. ${option}`,
  )
  return [{ type: 'text', text: `\nOptions:\n${lines.join('\n')}` }]
}
