import { InterleaveError } from '@interleave/trajectory'
import type { z } from 'zod'

/** A value as its schema reads it. Throws an `InterleaveError` whose one sentence names the first field that is wrong. */
export function parseOrThrow<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: string,
  name: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = [name, ...(issue?.path ?? [])].filter((part) => part !== '')
  const field = path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('')
  throw new InterleaveError(code, `${field === '' ? 'The row' : field}: ${issue?.message ?? 'not as expected'}.`)
}
