import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { jsonSchemaFiles } from './json-schema.ts'
import { limitsSchema } from './trajectory.ts'

const folder = new URL('../schema/', import.meta.url)

test('the files in schema/ are up to date: else run `pnpm schema` in this package', async () => {
  const files = jsonSchemaFiles()
  expect((await readdir(folder)).toSorted()).toEqual([...files.keys()].toSorted())
  for (const [name, text] of files) expect(await readFile(new URL(name, folder), 'utf8')).toBe(text)
})

test('no deadline is longer than a timer of Node counts', () => {
  const limits = { turns: 1, tokens: 1, callsPerTurn: 1 }
  expect(limitsSchema.safeParse({ ...limits, deadlineMs: 2 ** 31 - 1 }).success).toBe(true)
  expect(limitsSchema.safeParse({ ...limits, deadlineMs: 2 ** 31 }).success).toBe(false)
})

test('they name their format and describe their fields', () => {
  const texts = jsonSchemaFiles()
  expect(JSON.parse(texts.get('trajectory.schema.json') ?? '')).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:interleave:trajectory@1',
    title: 'Trajectory',
    additionalProperties: false,
    properties: {
      format: { const: 'interleave/trajectory@1' },
      segments: {
        items: { title: 'Segment', properties: { tokens: { type: 'array', minItems: 1, items: { type: 'integer' } } } },
      },
      reward: { type: ['number', 'null'] },
    },
  })
})
