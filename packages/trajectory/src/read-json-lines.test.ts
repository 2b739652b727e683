import { writeFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { fileError } from './file-error.ts'
import { jsonValueSchema, type JsonValue } from './json-value.ts'
import type { JsonLineProblem } from './parse-json-line.ts'
import { parseJsonLines, readJsonLineAt, readJsonLines } from './read-json-lines.ts'
import { tempFolder } from './__fixtures__/temp-folder.ts'

const record = z.strictObject({ text: z.string(), count: z.int() })

function chunked(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let start = 0, nth = 0; start < bytes.length; nth += 1) {
    const size = sizes[nth % sizes.length] ?? bytes.length
    chunks.push(bytes.slice(start, start + size))
    start += size
  }
  return chunks
}

async function parse(text: string | Uint8Array, maxLineBytes = 1000) {
  const problems: JsonLineProblem[] = []
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const options = {
    name: 'f',
    schema: record,
    maxLineBytes,
    onBad: (problem: JsonLineProblem) => problems.push(problem),
  }
  const lines = await Array.fromAsync(parseJsonLines(chunked(bytes, [3]), options))
  return { values: lines.map(({ line, value }) => [line, value.count]), problems }
}

const good = (count: number): string => JSON.stringify({ text: 'ü→🙂', count })

test('any values come back, however the bytes are cut into chunks and lines ended', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue() as fc.Arbitrary<JsonValue>),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.constantFrom('\n', '\r\n', '\n\n', '\n \r\n'),
      fc.boolean(),
      fc.boolean(),
      async (values, sizes, end, mark, ended) => {
        const lines = values.map((value) => JSON.stringify(value)).join(end) + (ended && values.length > 0 ? end : '')
        const bytes = Buffer.from((mark ? '\uFEFF' : '') + lines)
        const read = parseJsonLines(chunked(bytes, sizes), { name: 'f', schema: jsonValueSchema })
        const found = await Array.fromAsync(read)
        expect(found.map(({ value }) => JSON.stringify(value))).toEqual(values.map((value) => JSON.stringify(value)))
        for (const { offset, value } of found) {
          const from = bytes.subarray(offset).toString().replace('\uFEFF', '')
          expect(from.startsWith(JSON.stringify(value))).toBe(true)
        }
      },
    ),
  )
})

test('arbitrary bytes give records and problems, never another error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const { problems, values } = await parse(bytes)
      expect(problems.length + values.length).toBeLessThanOrEqual(bytes.filter((byte) => byte === 0x0a).length + 1)
    }),
  )
})

test('a bad line is named by file and line, and reading goes on', async () => {
  const bad = [
    good(1),
    '{"text": 1, "count": 2}',
    '',
    '{oops',
    good(5),
    '{"text":"a","count":6,"more":1}',
    good(7),
    '',
  ].join('\n')
  const { values, problems } = await parse(bad)
  expect(values).toEqual([
    [1, 1],
    [5, 5],
    [7, 7],
  ])
  expect(problems.map(({ line, code }) => [line, code])).toEqual([
    [2, 'invalid_record'],
    [4, 'invalid_json'],
    [6, 'invalid_record'],
  ])
  expect(problems[0]?.message).toBe('f:2: text: Invalid input: expected string, received number.')
  expect(problems[1]?.message).toMatch(/^f:4: The line is not valid JSON: .+\.$/)
})

test('reading stops at the first bad line by default', async () => {
  const stream = [Buffer.from(`${good(1)}\nnot json\n${good(3)}\n`)]
  const seen: number[] = []
  const read = async (): Promise<void> => {
    for await (const { value } of parseJsonLines(stream, { name: 'in', schema: record })) seen.push(value.count)
  }
  await expect(read()).rejects.toMatchObject({ code: 'invalid_json', message: expect.stringMatching(/^in:2: /) })
  expect(seen).toEqual([1])
})

test('a cut last line is told apart from bad JSON, and a whole one without newline is read', async () => {
  expect(await parse(`${good(1)}\n${good(2)}`)).toMatchObject({
    values: [
      [1, 1],
      [2, 2],
    ],
    problems: [],
  })
  const whole = Buffer.from(`${good(1)}\n${good(2)}`)
  const first = whole.indexOf('\n') + 1
  for (let end = first + 1; end < whole.length; end += 1) {
    const { values, problems } = await parse(whole.subarray(0, end))
    expect(values).toEqual([[1, 1]])
    expect(problems).toMatchObject([{ line: 2, code: 'truncated_line' }])
  }
})

test('a line that is not UTF-8 is refused', async () => {
  const bytes = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xc3, 0x28]), Buffer.from('","count":1}\n')])
  expect((await parse(bytes)).problems).toMatchObject([{ line: 1, code: 'invalid_utf8' }])
})

test('a line longer than allowed is passed over without being held', async () => {
  const long = JSON.stringify({ text: 'x'.repeat(2000), count: 2 })
  const { values, problems } = await parse(`${good(1)}\n${long}\n${good(3)}\n${long}`, 100)
  expect(values).toEqual([
    [1, 1],
    [3, 3],
  ])
  expect(problems.map(({ line, code }) => [line, code])).toEqual([
    [2, 'line_too_long'],
    [4, 'line_too_long'],
  ])
})

test('a value nested without end is refused, not a crash', async () => {
  const deep = Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}\n`)
  const recursive: z.ZodType<JsonValue> = z.json()
  for (const schema of [jsonValueSchema, recursive])
    await expect(Array.fromAsync(parseJsonLines([deep], { name: 'f', schema }))).rejects.toMatchObject({
      code: 'invalid_record',
      message: expect.stringContaining('nested'),
    })
})

test('a file is read by name and from an offset, and closed when the reader leaves early', async () => {
  const folder = await tempFolder()
  const file = folder.file('a.jsonl')
  await writeFile(file, `${good(1)}\r\n\n${good(3)}\n${good(4)}`)
  const lines = await Array.fromAsync(readJsonLines(file, { schema: record }))
  expect(lines.map(({ line, value }) => [line, value.count])).toEqual([
    [1, 1],
    [3, 3],
    [4, 4],
  ])
  for (const { offset, value } of lines) expect(await readJsonLineAt(file, offset, record)).toEqual(value)
  for await (const { line } of readJsonLines(file, { schema: record })) if (line === 1) break
})

test('a file that cannot be read is one sentence', async () => {
  const folder = await tempFolder()
  const file = folder.file('none.jsonl')
  await expect(Array.fromAsync(readJsonLines(file, { schema: record }))).rejects.toMatchObject({
    code: 'unreadable_file',
    message: `Could not read ${file}: it or its folder does not exist.`,
  })
  await expect(Array.fromAsync(readJsonLines(folder.path, { schema: record }))).rejects.toMatchObject({
    code: 'unreadable_file',
    message: `Could not read ${folder.path}: it is a folder.`,
  })
  // What no disk holds: the sentence says what the system said.
  expect(fileError(Object.assign(new Error('x'), { code: 'EIO' }), 'read', '/proc/self/mem').message).toBe(
    'Could not read /proc/self/mem: the system reports an input or output error (EIO).',
  )
})
