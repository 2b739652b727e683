import { z } from 'zod'
import type { ZoomProfile } from './profile.ts'

export type ZoomInput = z.ZodObject<{
  bbox_2d: z.ZodType<number[]>
  label: z.ZodString
  img_idx: z.ZodType<number>
}>

const longestText = 1_000

/**
 * What the model writes. Read leniently, by JSON alone: a number or the whole list may come as a string, and the list
 * within another list; nothing else is taken for what it is not.
 */
export function zoomInput({ tool }: ZoomProfile): ZoomInput {
  return z.object({
    bbox_2d: z.preprocess(readBox, z.array(z.number()).length(4)).describe(tool.box),
    label: z.string().describe(tool.label),
    img_idx: z.preprocess(readNumber, z.number().default(0)).describe(tool.image),
  })
}

function readBox(written: unknown): unknown {
  const list = typeof written === 'string' ? parse(written) : written
  const inner: unknown = Array.isArray(list) && list.length === 1 ? list[0] : list
  return Array.isArray(inner) ? inner.slice(0, longestText).map(readNumber) : inner
}

function readNumber(written: unknown): unknown {
  if (typeof written !== 'string') return written
  const value = parse(written)
  return typeof value === 'number' ? value : written
}

function parse(text: string): unknown {
  if (text.length > longestText) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
