import { mkdir, writeFile } from 'node:fs/promises'
import { jsonSchemaFiles } from '../src/json-schema.ts'

const folder = new URL('../schema/', import.meta.url)
await mkdir(folder, { recursive: true })
for (const [name, text] of jsonSchemaFiles()) await writeFile(new URL(name, folder), text)
