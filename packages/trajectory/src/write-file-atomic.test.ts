import { readFile, readdir, writeFile, mkdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { tempFolder } from './__fixtures__/temp-folder.ts'
import { removePartialFiles, writeFileAtomic } from './write-file-atomic.ts'

test('a file is replaced whole and nothing else is left', async () => {
  const folder = await tempFolder()
  const file = folder.file('plan.json')
  await writeFileAtomic(file, 'one')
  await writeFileAtomic(file, new Uint8Array([0x74, 0x77, 0x6f]))
  expect(await readFile(file, 'utf8')).toBe('two')
  expect(await readdir(folder.path)).toEqual(['plan.json'])
})

test('readers see one whole version while writers race', async () => {
  const folder = await tempFolder()
  const file = folder.file('plan.json')
  const versions = Array.from({ length: 10 }, (_, index) => String(index).repeat(50_000))
  await writeFileAtomic(file, versions[0] ?? '')
  const reads = versions.map(async () => versions.includes(await readFile(file, 'utf8')))
  await Promise.all(versions.map((version) => writeFileAtomic(file, version)))
  expect(await Promise.all(reads)).not.toContain(false)
  expect(versions).toContain(await readFile(file, 'utf8'))
})

test('a failure is one sentence and leaves nothing behind', async () => {
  const folder = await tempFolder()
  const message = `Could not write ${folder.file('none/a')}: it or its folder does not exist.`
  await expect(writeFileAtomic(folder.file('none/a'), '')).rejects.toMatchObject({ code: 'unwritable_file', message })
  await mkdir(folder.file('taken'))
  await expect(writeFileAtomic(folder.file('taken'), '')).rejects.toMatchObject({ code: 'unwritable_file' })
  expect(await readdir(folder.path)).toEqual(['taken'])
})

test('what a killed process left is removed, and nothing else', async () => {
  const folder = await tempFolder()
  await mkdir(folder.file('ab'))
  await writeFile(folder.file('ab/.a.png.123e4567-e89b-12d3-a456-426614174000.partial'), 'x')
  await writeFile(folder.file('.mine.partial'), 'x')
  expect(await removePartialFiles(folder.path)).toBe(1)
  expect(await removePartialFiles(folder.path)).toBe(0)
  expect((await readdir(folder.path)).toSorted()).toEqual(['.mine.partial', 'ab'])
  expect(await removePartialFiles(folder.file('none'))).toBe(0)
})
