import { mkdir, rename, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fakePython } from './__fixtures__/fake-python.ts'
import { temporaryFolder } from './__fixtures__/temporary-folder.ts'
import { describeMissing } from './describe-missing.ts'
import { findPython } from './find-python.ts'
import { interpreterOf, markName } from './installed-environment.ts'
import { environmentName, hashLocks, packagedLocks } from './locks.ts'

let place: Awaited<ReturnType<typeof temporaryFolder>>
const file = (name: string): string => path.join(place.folder, name)

beforeEach(async () => {
  place = await temporaryFolder()
  vi.stubEnv('INTERLEAVE_PYTHON', '')
  vi.stubEnv('XDG_CACHE_HOME', file('cache'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await place[Symbol.asyncDispose]()
})

/** What an installation leaves, with a fake interpreter. */
async function installFake(baseVersion: string, mark = hashLocks(packagedLocks)): Promise<string> {
  const folder = path.join(file('cache/interleave'), environmentName(hashLocks(packagedLocks), baseVersion))
  await fakePython(interpreterOf(folder), { version: baseVersion })
  await writeFile(path.join(folder, markName), mark)
  return folder
}

describe('what is named wins', () => {
  test('an option over the variable, the variable over what is installed', async () => {
    await installFake('3.11.2')
    const byOption = await fakePython(file('a/python'), { version: '3.13.0' })
    const byVariable = await fakePython(file('b/python'), { version: '3.12.1' })
    expect(await findPython()).toMatchObject({ version: '3.11.2', source: 'installed', missing: [] })
    vi.stubEnv('INTERLEAVE_PYTHON', byVariable.program)
    expect(await findPython()).toMatchObject({ command: byVariable.program, source: 'environment variable' })
    expect(await findPython({ interpreter: byOption.program })).toEqual({
      command: byOption.program,
      version: '3.13.0',
      source: 'named',
      missing: [],
    })
  })

  test('it is started once, however often and by however many it is asked for', async () => {
    const { program, starts } = await fakePython(file('python'))
    await Promise.all([findPython({ interpreter: program }), findPython({ interpreter: program })])
    await findPython({ interpreter: program })
    expect(await starts()).toBe(1)
  })

  test('behind a shim it is the program itself', async () => {
    const { program } = await fakePython(file('shims/python3'), { command: '/opt/python/bin/python3.12' })
    expect(await findPython({ interpreter: program })).toMatchObject({ command: '/opt/python/bin/python3.12' })
  })

  test('what it lacks is named with the command that installs it, and looked at again', async () => {
    const lacking = await fakePython(file('python'), { lacking: ['numpy', 'PIL', 'ensurepip'] })
    const found = await findPython({ interpreter: lacking.program })
    if ('problem' in found) expect.unreachable(found.problem)
    expect(found.missing).toEqual(['numpy', 'pillow'])
    expect(describeMissing(found)).toEqual([
      `numpy is missing: ${lacking.program} -m pip install numpy`,
      `pillow is missing: ${lacking.program} -m pip install pillow`,
    ])
    await fakePython(file('python'))
    expect(await findPython({ interpreter: lacking.program })).toMatchObject({ missing: [] })
  })
})

describe('a problem is a sentence', () => {
  test.each([
    ['#!/bin/sh\nexit 3\n', /python cannot be used: it did not answer as a Python does\.$/],
    ['#!/bin/sh\necho hello\n', /did not answer as a Python does/],
    ['#!/bin/sh\necho "{}"\n', /did not answer as a Python does/],
    [
      '#!/bin/sh\necho "shim: not found" >&2\necho "see the manual" >&2\nexit 127\n',
      /cannot be used: shim: not found\.$/,
    ],
    ['#!/bin/sh\nprintf "Traceback\\n  a line\\nImportError: no json" >&2\nexit 1\n', /: ImportError: no json\.$/],
  ])('for %j', async (script, message) => {
    await writeFile(file('python'), script, { mode: 0o755 })
    expect(await findPython({ interpreter: file('python') })).toEqual({ problem: expect.stringMatching(message) })
  })

  test('for one that is not there or too old', async () => {
    vi.stubEnv('INTERLEAVE_PYTHON', file('none'))
    expect(await findPython()).toEqual({
      problem: `${file('none')}, which INTERLEAVE_PYTHON names, cannot be used: there is no such program.`,
    })
    const { program } = await fakePython(file('python'), { version: '3.9.18' })
    expect(await findPython({ interpreter: program })).toEqual({
      problem: `${program} is Python 3.9.18; the Python tool needs Python 3.11 or newer.`,
    })
  })

  test('where none is installed: how to install it, or first a Python', async () => {
    const { starts } = await fakePython(file('bin/python3'))
    vi.stubEnv('PATH', file('bin'))
    expect(await findPython()).toEqual({ problem: expect.stringMatching(/doctor --install-python/) })
    expect(await starts()).toBe(0)
    vi.stubEnv('PATH', file('none'))
    expect(await findPython()).toEqual({
      problem: expect.stringMatching(/needs Python 3\.11 or newer .* apt-get install python3 python3-venv/),
    })
  })
})

describe('of what is installed', () => {
  test('the newest made from these locks counts, and only where it is whole', async () => {
    const first = await installFake('3.11.2')
    const second = await installFake('3.12.1')
    await utimes(path.join(second, markName), 1, 1)
    expect(await findPython()).toMatchObject({ version: '3.11.2' })
    await writeFile(path.join(first, markName), 'another lock')
    expect(await findPython()).toMatchObject({ version: '3.12.1' })
    await rename(path.join(second, markName), path.join(second, 'other'))
    expect(await findPython()).toHaveProperty('problem')
  })

  test('one whose base interpreter is gone does not', async () => {
    const folder = path.join(file('cache/interleave'), environmentName(hashLocks(packagedLocks), '3.11.2'))
    await mkdir(path.join(folder, 'bin'), { recursive: true })
    await writeFile(path.join(folder, markName), hashLocks(packagedLocks))
    await symlink('/nowhere/python3.11', interpreterOf(folder))
    expect(await findPython()).toHaveProperty('problem')
  })
})
