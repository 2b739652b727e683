import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { temporaryFolder } from './__fixtures__/temporary-folder.ts'
import { isOpenToAll } from './open-to-all.ts'
import { openToOthers } from './open-to-others.ts'
import { programsInPath } from './programs-in-path.ts'

afterEach(() => vi.unstubAllEnvs())

test('programs are found by name first, then in the order of PATH, all of them', async () => {
  await using place = await temporaryFolder()
  const file = (name: string): string => path.join(place.folder, name)
  for (const name of ['a/python3', 'b/python3', 'b/python3.12', 'a/plain', 'a/folder/x']) {
    await mkdir(path.dirname(file(name)), { recursive: true })
    await writeFile(file(name), '', { mode: name.endsWith('plain') ? 0o644 : 0o755 })
  }
  await symlink('gone', file('a/python'))
  vi.stubEnv('PATH', ['relative', file('a'), file('none'), file('b'), file('a')].join(path.delimiter))
  const names = ['python3.12', 'python3', 'python', 'plain', 'folder']
  expect(programsInPath(names)).toEqual([file('b/python3.12'), file('a/python3'), file('b/python3')])
  vi.stubEnv('PATH', '')
  expect(programsInPath(names)).toEqual([])
})

test('a program is open to all where every folder on the way can be entered', async () => {
  await using place = await temporaryFolder()
  const inner = path.join(place.folder, 'inner')
  const program = path.join(inner, 'python')
  const library = path.join(inner, 'library')
  await mkdir(library, { recursive: true })
  await writeFile(program, '', { mode: 0o755 })
  await chmod(place.folder, 0o755)
  expect(isOpenToAll(program, [library])).toBe(true)
  await chmod(library, 0o750)
  expect(isOpenToAll(program, [library])).toBe(false)
  expect(isOpenToAll(program, [])).toBe(true)
  await chmod(program, 0o744)
  expect(isOpenToAll(program, [])).toBe(false)
  await openToOthers(inner)
  expect(isOpenToAll(program, [library])).toBe(true)
  await chmod(place.folder, 0o700)
  expect(isOpenToAll(program, [library])).toBe(false)
  expect(isOpenToAll(path.join(inner, 'none'), [])).toBe(false)
})
