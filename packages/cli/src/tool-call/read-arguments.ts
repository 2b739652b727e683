import { readFile } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { text } from 'node:stream/consumers'
import { ingestImage } from '@interleave/image-zoom/ingest'
import { fileError, InterleaveError, messageOf, type Image, type JsonValue } from '@interleave/trajectory'
import { z } from 'zod'

const jsonText = z.string().transform((written, context): JsonValue => {
  try {
    return JSON.parse(written) as JsonValue
  } catch (error) {
    context.addIssue(messageOf(error))
    return z.NEVER
  }
})

/** The arguments of a call out of a word of the command line, or out of stdin for `-`. Throws `usage` where they are no JSON. */
export async function readArguments(word: string, signal: AbortSignal): Promise<JsonValue> {
  const read = jsonText.safeParse(word === '-' ? await text(addAbortSignal(signal, process.stdin)) : word)
  if (read.success) return read.data
  const where = word === '-' ? 'What stdin holds' : 'The word after the name of the tool'
  throw new InterleaveError('usage', `${where} is not JSON: ${read.error.issues[0]?.message}.`)
}

/** Image files as the images that a task would bring. */
export async function readImageFiles(files: readonly string[]): Promise<Image[]> {
  const images: Image[] = []
  for (const file of files) {
    const bytes = await readFile(file).catch((error: unknown) => {
      throw fileError(error, 'read', file)
    })
    images.push(await ingestImage(bytes, { name: file }))
  }
  return images
}
