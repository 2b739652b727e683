import { z } from 'zod'

/** SHA-256 of a file's bytes, 64 lower-case hexadecimal digits: the name of an image everywhere. */
export const contentHashSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in 64 lower-case hexadecimal digits')
  .describe('SHA-256 of the bytes, 64 lower-case hexadecimal digits.')

/** Pixels `[x1, y1, x2, y2]` of the image it refers to, x2 and y2 exclusive. */
export const boxSchema = z
  .array(z.number())
  .length(4)
  .describe('Pixels [x1, y1, x2, y2] of the image referred to; x2 and y2 exclusive.')

/** Bounds that the policy's image processor applies: pixel counts, not sides. */
export const pixelLimitsSchema = z.strictObject({
  minPixels: z.int().positive().exactOptional(),
  maxPixels: z.int().positive().exactOptional(),
})

/** One image of a trajectory. Its bytes lie in a media store, or in `data` as base64 when the line carries them itself. */
export const mediaSchema = z
  .strictObject({
    hash: contentHashSchema,
    mime: z.string(),
    width: z.int().positive(),
    height: z.int().positive(),
    limits: pixelLimitsSchema.exactOptional().describe('Numbers of pixels that the image processor is bound to.'),
    parent: z
      .strictObject({ hash: contentHashSchema, box: boxSchema })
      .exactOptional()
      .describe('The image that this one is a part of.'),
    data: z.base64().exactOptional().describe('The encoded bytes, where the line carries them itself.'),
  })
  .meta({
    title: 'Media',
    description: 'One image of a trajectory. Its bytes lie in a media store under its hash, or in data.',
  })

/** A region of an image in its own pixels. */
export type Box = z.infer<typeof boxSchema>
/** Bounds of an image processor. */
export interface PixelLimits extends z.infer<typeof pixelLimitsSchema> {}
/** The record of one image in a trajectory's media table. */
export interface Media extends z.infer<typeof mediaSchema> {}

/** An image in memory: its record and the encoded bytes whose SHA-256 is `hash`. */
export interface Image extends Omit<Media, 'data'> {
  bytes: Uint8Array
}
