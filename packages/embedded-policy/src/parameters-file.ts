import { InterleaveError } from '@interleave/trajectory'
import { z } from 'zod'
import { parameterCount, parameterLayout } from './parameters.ts'

const format = 'interleave/embedded-policy@1'

const fileSchema = z.strictObject({
  format: z.literal(format),
  parameters: z.record(z.string(), z.record(z.string(), z.number())),
})

/** The parameters as JSON text, each number under the names of its block and its label. */
export function saveParameters(parameters: Float64Array): string {
  const named = parameterLayout.map(({ labels, name, offset }) => [
    name,
    Object.fromEntries(labels.map((label, index) => [label, parameters[offset + index] ?? 0])),
  ])
  return `${JSON.stringify({ format, parameters: Object.fromEntries(named) }, null, 1)}\n`
}

/** The parameters that `saveParameters` wrote. Throws `bad_parameters`, naming what is missing, unknown or no number. */
export function loadParameters(text: string): Float64Array {
  const fail = (reason: string): never => {
    throw new InterleaveError('bad_parameters', `These are not parameters of the embedded policy: ${reason}.`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail('the text is not JSON')
  }
  const read = fileSchema.safeParse(value)
  if (!read.success) return fail(z.prettifyError(read.error).replaceAll('\n', ' '))
  const left = new Map(
    Object.entries(read.data.parameters).flatMap(([block, numbers]) =>
      Object.entries(numbers).map(([label, number]) => [`${block} ${label}`, number] as [string, number]),
    ),
  )
  const parameters = new Float64Array(parameterCount)
  for (const { labels, name, offset } of parameterLayout)
    labels.forEach((label, index) => {
      const key = `${name} ${label}`
      parameters[offset + index] = left.get(key) ?? fail(`"${key}" is missing`)
      left.delete(key)
    })
  for (const key of left.keys()) fail(`"${key}" is unknown`)
  return parameters
}
