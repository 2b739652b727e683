import { FaultError } from '@interleave/trajectory'
import type { z } from 'zod'
import type { Answer } from './exchange.ts'

/** The JSON of a successful answer, checked. Throws a `bad_answer` fault for half of it, none, or another form. */
export function readJson<Schema extends z.ZodType>(answer: Answer, schema: Schema, what: string): z.output<Schema> {
  let parsed: unknown
  try {
    parsed = JSON.parse(answer.text)
  } catch (cause) {
    const end = JSON.stringify(answer.text.slice(-60))
    throw new FaultError(
      'policy',
      'bad_answer',
      `The policy server answered ${what} with ${answer.text.length} characters that are no whole JSON (they end in ${end}); look whether the address is that of a policy server.`,
      { cause },
    )
  }
  const checked = schema.safeParse(parsed)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw new FaultError(
    'policy',
    'bad_answer',
    `The policy server answered ${what} in another form than its driver knows: ${issue?.path.join('.') || 'the answer'}: ${issue?.message}. Use the driver of this server, or a version of it that the driver knows.`,
  )
}
