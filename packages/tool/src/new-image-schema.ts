import { boxSchema, contentHashSchema, pixelLimitsSchema } from '@interleave/trajectory'
import { z } from 'zod'

/** What a tool must hand over for an image; further keys are left out. */
export const newImageSchema = z.object({
  bytes: z.instanceof(Uint8Array),
  mime: z.string().min(1),
  width: z.int().positive(),
  height: z.int().positive(),
  parent: z.object({ hash: contentHashSchema, box: boxSchema }).optional(),
  limits: pixelLimitsSchema.optional(),
})
