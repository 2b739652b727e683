import { z } from 'zod'
import { contentHashSchema } from './media.ts'

export const textPartSchema = z.strictObject({ type: z.literal('text'), text: z.string() }).meta({ title: 'TextPart' })

/** An image by its content hash; mime and size are repeated here so that no reader needs its bytes to lay it out. */
export const imagePartSchema = z
  .strictObject({
    type: z.literal('image'),
    hash: contentHashSchema,
    mime: z.string(),
    width: z.int().positive(),
    height: z.int().positive(),
  })
  .meta({ title: 'ImagePart', description: 'An image by the SHA-256 of its bytes, with its size in pixels.' })

export const contentPartSchema = z.discriminatedUnion('type', [textPartSchema, imagePartSchema])

/** A piece of text. */
export interface TextPart extends z.infer<typeof textPartSchema> {}
/** An image by its content hash. */
export interface ImagePart extends z.infer<typeof imagePartSchema> {}
/** A piece of a question or of an observation. */
export type ContentPart = TextPart | ImagePart

/** The text of some parts joined, images left out. */
export function textOf(content: readonly ContentPart[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}
