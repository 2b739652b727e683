import { z } from 'zod'
import type { RunEnd } from './messages.ts'

const crashed = z.strictObject({ nonce: z.string(), end: z.literal('crashed') })

/** The replies of a child. It is believed no further than they go. */
export const doneSchema = z.discriminatedUnion('end', [
  z.strictObject({ nonce: z.string(), end: z.enum(['done', 'worn']) }),
  crashed,
])

// A lone half of a pair cannot be written to a file as it is.
const text = z.string().transform((value) => value.toWellFormed())

export const runEndSchema: z.ZodType<RunEnd> = z.discriminatedUnion('end', [
  z.strictObject({
    nonce: z.string(),
    end: z.literal('replied'),
    output: text,
    value: text.exactOptional(),
    error: text.exactOptional(),
  }),
  z.strictObject({ nonce: z.string(), end: z.literal('time_limit'), output: text }),
  crashed,
])
