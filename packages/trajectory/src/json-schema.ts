import { z } from 'zod'
import { creditFormat, creditSchema } from './credit.ts'
import { groupFormat, groupSchema } from './group.ts'
import { trajectoryFormat, trajectorySchema } from './trajectory.ts'

const formats = [
  ['trajectory', trajectoryFormat, trajectorySchema],
  ['credit', creditFormat, creditSchema],
  ['group', groupFormat, groupSchema],
] as const

/** The JSON Schema files of all formats (draft 2020-12), by name: what `schema/` must hold. */
export function jsonSchemaFiles(): Map<string, string> {
  const files = new Map<string, string>()
  for (const [name, format, schema] of formats) {
    const { $schema, ...rest } = z.toJSONSchema(schema)
    const $id = `urn:${format.replaceAll('/', ':')}`
    files.set(`${name}.schema.json`, `${JSON.stringify({ $schema, $id, ...rest }, null, 2)}\n`)
  }
  return files
}
