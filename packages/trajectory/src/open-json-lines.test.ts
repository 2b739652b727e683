import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { cutUnfinishedLine } from './cut-unfinished-line.ts'
import { jsonValueSchema, type JsonValue } from './json-value.ts'
import { openJsonLines } from './open-json-lines.ts'
import { readJsonLines } from './read-json-lines.ts'
import { tempFolder } from './__fixtures__/temp-folder.ts'
import { exampleCredit, exampleGroup, exampleTrajectory } from './testing/example-trajectory.ts'
import * as files from './trajectory-files.ts'

const [mount, unmount] = ['mount', 'umount'] as const

const values = async (file: string): Promise<unknown[]> =>
  (await Array.fromAsync(readJsonLines(file, { schema: jsonValueSchema }))).map(({ value }) => value)

test('what is written is read back, one line each, in the order of the calls', async () => {
  const folder = await tempFolder()
  let nth = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue() as fc.Arbitrary<JsonValue>, { maxLength: 20 }), async (records) => {
      const file = folder.file(`${(nth += 1)}.jsonl`)
      const writer = await openJsonLines(file)
      await Promise.all(records.map((record) => writer.write(record)))
      await writer[Symbol.asyncDispose]()
      expect((await readFile(file, 'utf8')).split('\n').length).toBe(records.length + 1)
      expect(JSON.stringify(await values(file))).toBe(JSON.stringify(records))
    }),
    { numRuns: 30 },
  )
})

test('a file is replaced, or gone on with', async () => {
  const folder = await tempFolder()
  const file = folder.file('a.jsonl')
  for (const [append, record] of [
    [false, 1],
    [true, 2],
    [true, 3],
  ] as const) {
    const writer = await openJsonLines(file, { append })
    await writer.write(record)
    await writer.close()
  }
  expect(await values(file)).toEqual([1, 2, 3])
  await (await openJsonLines(file)).close()
  expect(await values(file)).toEqual([])
})

test('a record that JSON would change is refused with its field, and the writer goes on', async () => {
  const folder = await tempFolder()
  const file = folder.file('a.jsonl')
  const writer = await files.openTrajectories(file)
  const broken = exampleTrajectory({ reward: Number.NaN })
  await expect(writer.write(broken)).rejects.toMatchObject({
    code: 'invalid_record',
    message: expect.stringMatching(/^A record was not written to .+a\.jsonl: reward: /),
  })
  await writer.write(exampleTrajectory())
  await writer.close()
  await expect(writer.write(exampleTrajectory())).rejects.toMatchObject({ code: 'unwritable_file' })
  const loose = await openJsonLines<unknown>(folder.file('b.jsonl'))
  await expect(loose.write(1n)).rejects.toMatchObject({ code: 'invalid_record' })
  await expect(loose.write(undefined)).rejects.toMatchObject({ code: 'invalid_record' })
  await loose.close()
  const [line] = await Array.fromAsync(files.readTrajectories(file))
  expect(line?.value).toEqual(exampleTrajectory())
})

test('credit and groups have files of their own', async () => {
  const folder = await tempFolder()
  const credit = await files.openCredit(folder.file('credit.jsonl'))
  await credit.write(exampleCredit())
  await credit.close()
  const groups = await files.openGroups(folder.file('groups.jsonl'))
  await groups.write(exampleGroup())
  await groups.close()
  expect(await Array.fromAsync(files.readCredit(folder.file('credit.jsonl')))).toMatchObject([
    { value: exampleCredit() },
  ])
  expect(await Array.fromAsync(files.readGroups(folder.file('groups.jsonl')))).toMatchObject([
    { value: exampleGroup() },
  ])
})

test('an unfinished line is not appended to, and cutting it says how much went', async () => {
  const folder = await tempFolder()
  const file = folder.file('a.jsonl')
  const long = `"${'x'.repeat(200_000)}`
  for (const [text, rest] of [
    ['{"a":1}\n{"a":2', '{"a":1}\n'],
    ['{"a":1', ''],
    [`{"a":1}\n${long}`, '{"a":1}\n'],
    [long, ''],
  ] as const) {
    await writeFile(file, text)
    await expect(openJsonLines(file, { append: true })).rejects.toMatchObject({ code: 'unfinished_line' })
    expect(await cutUnfinishedLine(file)).toBe(text.length - rest.length)
    expect(await readFile(file, 'utf8')).toBe(rest)
    expect(await cutUnfinishedLine(file)).toBe(0)
    await (await openJsonLines(file, { append: true })).close()
  }
  expect(await cutUnfinishedLine(folder.file('none'))).toBe(0)
})

test('a file cut anywhere keeps every whole line', async () => {
  const folder = await tempFolder()
  const file = folder.file('a.jsonl')
  const text = '{"a":"ü"}\n{"b":2}\n[3]\n'
  for (let length = 0; length <= Buffer.byteLength(text); length += 1) {
    await writeFile(file, text)
    await truncate(file, length)
    await cutUnfinishedLine(file)
    const kept = await readFile(file, 'utf8')
    expect(text.startsWith(kept) && (kept === '' || kept.endsWith('\n'))).toBe(true)
    expect(length - Buffer.byteLength(kept)).toBeLessThan(11)
  }
})

test('a folder that is not there or a path that is no file is one sentence', async () => {
  const folder = await tempFolder()
  const file = folder.file('none/a.jsonl')
  const message = `Could not write ${file}: it or its folder does not exist.`
  await expect(openJsonLines(file)).rejects.toMatchObject({ code: 'unwritable_file', message })
  await expect(openJsonLines(folder.path)).rejects.toThrow('it is a folder')
})

test('a folder without permission is one sentence', async ({ skip }) => {
  skip(process.getuid?.() === 0, 'root may write everywhere')
  const folder = await tempFolder()
  await mkdir(folder.file('locked'))
  await chmod(folder.file('locked'), 0o500)
  await expect(openJsonLines(folder.file('locked/a.jsonl'))).rejects.toThrow('no permission')
})

test('a full disk is one sentence, and stays one', async ({ skip }) => {
  skip(!existsSync('/dev/full'), 'this system has no /dev/full')
  const writer = await openJsonLines('/dev/full')
  const message = 'No space is left to write /dev/full: free some and go on. What was written before is kept.'
  for (let nth = 0; nth < 2; nth += 1)
    await expect(writer.write('x')).rejects.toMatchObject({ code: 'disk_full', message })
  await writer.close()
})

test('a disk that fills keeps all whole lines and no part of another', async ({ skip }) => {
  const folder = await tempFolder()
  try {
    execFileSync(mount, ['-t', 'tmpfs', '-o', 'size=128k', 'interleave-test', folder.path], { stdio: 'ignore' })
  } catch {
    skip('a file system can be mounted by root alone')
  }
  onTestFinished(() => void execFileSync(unmount, [folder.path]))
  const file = folder.file('a.jsonl')
  const writer = await openJsonLines(file)
  const record = 'x'.repeat(9000)
  let written = 0
  const fill = async (): Promise<void> => {
    for (; written < 100; written += 1) await writer.write(record)
  }
  await expect(fill()).rejects.toMatchObject({ code: 'disk_full' })
  await writer.close()
  expect(written).toBeGreaterThan(5)
  expect(await values(file)).toEqual(Array.from({ length: written }, () => record))
})
