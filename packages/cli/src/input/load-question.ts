import { readFile } from 'node:fs/promises'
import { ingestImage } from '@interleave/image-zoom/ingest'
import { InterleaveError, messageOf, type ContentPart, type MediaStore, type Task } from '@interleave/trajectory'
import { choiceLetters } from '@interleave/verifier'
import type { Question } from './read-questions.ts'

/** A question as a task, its images normalised once and put into the store. Throws `bad_row` for an image that cannot be used. */
export async function loadQuestion(question: Question, media: MediaStore): Promise<Task> {
  const { id, place, row, files } = question
  const images: ContentPart[] = []
  for (const file of files) {
    try {
      const image = await ingestImage(await readFile(file))
      await media.put(image)
      images.push({ type: 'image', hash: image.hash, mime: image.mime, width: image.width, height: image.height })
    } catch (error) {
      throw new InterleaveError('bad_row', `${place}: ${file}: ${messageOf(error)}`, { cause: error })
    }
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
  const used = new Set<number>()
  let next = 0
  for (const piece of text.split(/(<image\d{0,3}>)/)) {
    const match = /^<image(\d*)>$/.exec(piece)
    if (match === null) {
      if (piece.trim() !== '') parts.push({ type: 'text', text: piece.trim() })
      continue
    }
    const index = match[1] === '' ? next : Number(match[1]) - 1
    next = index + 1
    const image = images[index]
    // A placeholder without its image says nothing to a model.
    if (image === undefined || used.has(index)) continue
    used.add(index)
    parts.push(image)
  }
  return [...images.filter((_, index) => !used.has(index)), ...parts]
}

function optionLines(options: readonly string[]): ContentPart[] {
  if (options.length === 0) return []
  // Options that are letters alone name parts of the picture.
  const lines = options.map((option, index) =>
    option === choiceLetters[index] ? option : `${choiceLetters[index]}. ${option}`,
  )
  return [{ type: 'text', text: `\nOptions:\n${lines.join('\n')}` }]
}
