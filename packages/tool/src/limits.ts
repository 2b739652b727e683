import { z } from 'zod'
import type { ToolLimits } from './tool.ts'

/** Node counts the delay of a timer in 31 bits; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1

export const toolLimitsSchema = z.strictObject({
  timeoutMs: z.int().positive().max(longestTimer).exactOptional(),
  maxOutputChars: z.int().positive().exactOptional(),
  maxImages: z.int().nonnegative().exactOptional(),
  maxPixels: z.int().positive().exactOptional(),
})

export const defaultToolLimits: Required<ToolLimits> = Object.freeze({
  timeoutMs: 30_000,
  maxOutputChars: 20_000,
  maxImages: 10,
  maxPixels: 100_000_000,
})
