import { chmod } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fakePython } from './__fixtures__/fake-python.ts'
import { temporaryFolder } from './__fixtures__/temporary-folder.ts'
import { findBaseInterpreter } from './base-interpreter.ts'

let place: Awaited<ReturnType<typeof temporaryFolder>>
const file = (name: string): string => path.join(place.folder, name)

beforeEach(async () => {
  place = await temporaryFolder()
  await chmod(place.folder, 0o755)
  // What the machine has must not decide.
  vi.stubEnv('PATH', `${file('a')}:${file('b')}`)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await place[Symbol.asyncDispose]()
})

describe('the base of an environment', () => {
  test('is the first that can make one, wherever in PATH; the rest is said to be of no use', async () => {
    await fakePython(file('a/python3'), { version: '3.9.2' })
    await fakePython(file('a/python3.12'), { lacking: ['ensurepip'] })
    await fakePython(file('a/python'), { implementation: 'pypy' })
    await expect(findBaseInterpreter()).rejects.toMatchObject({
      code: 'python_missing',
      message: [
        'The Python tool needs Python 3.11 or newer with its venv module, and PATH has none. Install it (Debian/Ubuntu: apt-get install python3 python3-venv), or name an interpreter that has the libraries by INTERLEAVE_PYTHON.',
        `  tried ${file('a/python3.12')}: it has no module ensurepip (Debian/Ubuntu: apt-get install python3-venv)`,
        `  tried ${file('a/python3')}: it is Python 3.9.2`,
        `  tried ${file('a/python')}: it is pypy, and the libraries are made for CPython`,
      ].join('\n'),
    })
    await fakePython(file('b/python3'), { version: '3.13.5' })
    expect(await findBaseInterpreter()).toEqual({ command: file('b/python3'), version: '3.13.5' })
  })

  test('lacks libraries, which is no matter, and is no virtual environment', async () => {
    const { program } = await fakePython(file('c/python3.12'), {})
    await fakePython(file('a/python3'), { base: program, lacking: ['numpy', 'PIL'] })
    expect(await findBaseInterpreter()).toEqual({ command: program, version: '3.12.1' })
  })

  test('of root is one that every user can run, where there is one', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(0)
    const inside = path.join(place.folder, 'private', 'python3.13')
    await fakePython(inside, {})
    await fakePython(file('a/python3.13'), { base: inside, folders: [path.dirname(inside)] })
    await chmod(path.dirname(inside), 0o700)
    const open = await fakePython(file('b/python3'), { version: '3.11.2' })
    expect(await findBaseInterpreter()).toEqual({ command: open.program, version: '3.11.2' })
    vi.spyOn(process, 'getuid').mockReturnValue(1000)
    expect(await findBaseInterpreter()).toEqual({ command: inside, version: '3.12.1' })
  })

  test('is not looked for any longer once the signal fires', async () => {
    await fakePython(file('a/python3'))
    const reason = new Error('stop')
    await expect(findBaseInterpreter(AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})
