import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { temporaryFolder } from './__fixtures__/temporary-folder.ts'
import { findBaseInterpreter, type BaseInterpreter } from './base-interpreter.ts'
import { buildEnvironment } from './build-environment.ts'
import { installPythonEnvironment } from './install-python-environment.ts'
import { packagedLocks, type Locks } from './locks.ts'

const base = await findBaseInterpreter().catch((error: Error) => error.message)
const main = path.join(import.meta.dirname, 'main.ts')
// Nothing listens there.
const dead = 'http://127.0.0.1:9'
let place: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  place = await temporaryFolder()
})
afterAll(() => place[Symbol.asyncDispose]())

/** The installation as the set-up of a checkout starts it, with caches of downloads that the tests share. */
function start(cache: string, env: Record<string, string> = {}): ChildProcess {
  const own = {
    XDG_CACHE_HOME: cache,
    PIP_CACHE_DIR: path.join(place.folder, 'pip'),
    UV_CACHE_DIR: path.join(place.folder, 'uv'),
    INTERLEAVE_PYTHON: '',
  }
  // Under the strictest mask that a user may have.
  const words = ['-c', 'umask 077; exec "$0" "$@"', process.execPath, '--conditions=@interleave/source', main]
  return spawn('sh', words, {
    env: { ...process.env, ...own, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

async function ended(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said }
}

/** Waits until it says that it fetches something: then it is in the middle. */
async function underWay(child: ChildProcess): Promise<void> {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  while (!said.includes('fetching')) {
    if (child.exitCode !== null) throw new Error(`It ended before it fetched anything: ${said}`)
    await wait(5)
  }
}

async function processesIn(folder: string): Promise<string[]> {
  const lines = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  )
  return lines.filter((line) => line.includes(folder))
}

describe.skipIf(typeof base === 'string')(
  `an installation ${typeof base === 'string' ? `(skipped: ${base})` : ''}`,
  () => {
    test('ends at Ctrl-C and leaves neither a process nor a file', { timeout: 120_000 }, async () => {
      const cache = path.join(place.folder, 'interrupted')
      const child = start(cache)
      const end = once(child, 'close')
      await underWay(child)
      child.kill('SIGINT')
      expect(await end).toEqual([130, null])
      expect(await readdir(path.join(cache, 'interleave'))).toEqual([])
      for (let tries = 0; tries < 50 && (await processesIn(cache)).length > 0; tries += 1) await wait(20)
      expect(await processesIn(cache)).toEqual([])
    })

    test(
      'is made once by two at a time, after one that was killed, and is there for the third',
      { timeout: 240_000 },
      async (context) => {
        const cache = path.join(place.folder, 'cache')
        const home = path.join(cache, 'interleave')
        const killed = start(cache)
        const end = once(killed, 'close')
        await underWay(killed)
        killed.kill('SIGKILL')
        await end
        expect((await readdir(home)).map((name) => name.replace(/.*\./, '')).toSorted()).toEqual(['lock', 'partial'])
        // What it had started ends by itself, and writes no more.
        for (let tries = 0; tries < 1_000 && (await processesIn(cache)).length > 0; tries += 1) await wait(20)

        const runs = await Promise.all([ended(start(cache)), ended(start(cache))])
        const said = runs.map((run) => run.said).join('')
        if (said.includes('could not be reached')) context.skip('no registry of Python packages')
        expect(
          runs.map(({ code }) => code),
          said,
        ).toEqual([0, 0])
        expect(said.match(/importing each library/g)).toHaveLength(1)
        const names = await readdir(home)
        expect(names).toEqual([expect.stringMatching(/^python-[0-9a-f]{12}$/)])
        expect(await ended(start(cache))).toEqual({ code: 0, said: '' })

        vi.stubEnv('XDG_CACHE_HOME', cache)
        const progress: string[] = []
        const python = await installPythonEnvironment({ onProgress: (sentence) => progress.push(sentence) })
        vi.unstubAllEnvs()
        expect(progress).toEqual([])
        expect(python).toMatchObject({
          command: path.join(home, names[0]!, 'bin/python'),
          source: 'installed',
          missing: [],
        })
        const code = 'import numpy, scipy.stats, sympy, PIL.Image, matplotlib.pyplot; print(numpy.arange(6).sum())'
        expect(execFileSync(python.command, ['-I', '-c', code], { encoding: 'utf8' })).toBe('15\n')
        if (process.getuid?.() === 0)
          for (const name of await readdir(path.join(home, names[0]!), { recursive: true })) {
            const { mode } = await lstat(path.join(home, names[0]!, name))
            expect(mode & 0o044, name).toBe(0o044)
          }
      },
    )

    describe('that fails says why', () => {
      const build = async (name: string, locks: Partial<Locks>): Promise<unknown> => {
        const folder = path.join(place.folder, name)
        await mkdir(folder)
        const signal = new AbortController().signal
        const options = { base: base as BaseInterpreter, folder, signal, onProgress: () => {} }
        return buildEnvironment({ ...options, locks: { ...packagedLocks, ...locks } }).catch((error: unknown) => error)
      }

      test('where the registry is out of reach', { timeout: 120_000 }, async () => {
        const { code, said } = await ended(
          start(path.join(place.folder, 'offline'), {
            ALL_PROXY: dead,
            HTTPS_PROXY: dead,
            https_proxy: dead,
            PIP_CACHE_DIR: path.join(place.folder, 'empty'),
          }),
        )
        expect(code).toBe(0)
        expect(said).toContain('fetching uv failed. The registry of Python packages could not be reached.')
        expect(said).toMatch(/the tests of the Python tool will be skipped\n$/)
        expect(await readdir(path.join(place.folder, 'offline/interleave'))).toEqual([])
      })

      test.each(['libraries', 'installer'] as const)(
        'where a file is not what the lock of the %s names',
        { timeout: 120_000 },
        async (lock) => {
          const wrong = path.join(place.folder, `wrong-${lock}.txt`)
          const text = await readFile(packagedLocks[lock], 'utf8')
          await writeFile(wrong, text.replaceAll(/sha256:[0-9a-f]{8}/g, 'sha256:00000000'))
          expect(await build(lock, { [lock]: wrong })).toMatchObject({ code: 'bad_hash' })
        },
      )

      test('where the disk is full', { timeout: 120_000 }, async (context) => {
        const disk = path.join(place.folder, 'disk')
        await mkdir(disk)
        try {
          execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', disk], { stdio: 'ignore' })
        } catch {
          context.skip('this user cannot mount a small file system')
        }
        try {
          const { code, said } = await ended(start(disk))
          expect(code).toBe(1)
          expect(said).toMatch(/was not installed: .* failed\. No space is left for it: free some 700 MB/)
          expect(await readdir(path.join(disk, 'interleave'))).toEqual([])
        } finally {
          execFileSync('umount', [disk])
        }
      })
    })
  },
)

test('a cache folder that cannot be written is a sentence', async () => {
  const file = path.join(place.folder, 'file')
  await writeFile(file, '')
  vi.stubEnv('XDG_CACHE_HOME', file)
  try {
    const failed = installPythonEnvironment()
    if (typeof base === 'string') return await expect(failed).rejects.toMatchObject({ code: 'python_missing' })
    await expect(failed).rejects.toMatchObject({
      code: 'unwritable_cache',
      message: expect.stringMatching(/or name another cache folder by XDG_CACHE_HOME\.$/),
    })
  } finally {
    vi.unstubAllEnvs()
  }
})
