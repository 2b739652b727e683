import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { findPython } from './environment/find-python.ts'
import { isolationTiers, type IsolationTier } from './interpreter/isolation.ts'
import { probeIsolation } from './probe-isolation.ts'
import { PythonBackend } from './python/python-backend.ts'
import { openRollout } from './python/__fixtures__/rollout.ts'
import { withPython } from './python/__fixtures__/with-python.ts'
import { python } from './python.ts'

interface Process {
  readonly pid: number
  readonly parent: number
  readonly words: string
}

/** The processes of the machine, by /proc. */
async function processes(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      const [state, parent] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
      return state === undefined || state === 'Z' ? [] : [{ pid: Number(pid), parent: Number(parent), words }]
    }),
  )
  return found.flat()
}

/** The processes of the sandbox below one process, nearest first. */
async function pythonsBelow(host: number): Promise<number[]> {
  const all = await processes()
  const below = [host]
  for (const pid of below) below.push(...all.filter(({ parent }) => parent === pid).map((child) => child.pid))
  return below.filter((pid) => all.some((one) => one.pid === pid && /run\.py\0(server|zygote)/.test(one.words)))
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let round = 0; round < 400; round += 1) {
    if (await condition()) return
    await sleep(25)
  }
  throw new Error(`It took too long: ${what}.`)
}

const linux = process.platform === 'linux'

withPython('the server', () => {
  test('ends with its tool, sessions and all, and leaves no file', async () => {
    const before = new Set(await readdir(tmpdir()))
    const known = new Set(linux ? await pythonsBelow(process.pid) : [])
    const tool = python({ unsafe: true })
    const rollout = openRollout([tool])
    expect(await rollout.say('1')).toBe('1')
    await tool[Symbol.asyncDispose]()
    expect(
      (await readdir(tmpdir())).filter((name) => name.startsWith('interleave-python-') && !before.has(name)),
    ).toEqual([])
    if (linux)
      await until(async () => (await pythonsBelow(process.pid)).every((pid) => known.has(pid)), 'its processes end')
    await expect(rollout.call('1')).rejects.toThrow('This Python tool was disposed of')
    await rollout[Symbol.asyncDispose]()
  })

  test('of a tool that was never called is never started, and disposing it twice is well', async () => {
    const tool = python({ unsafe: true })
    await tool[Symbol.asyncDispose]()
    await tool[Symbol.asyncDispose]()
  })

  test.skipIf(!linux)('that is killed is followed by another one, and no rollout is lost', async () => {
    const known = new Set(await pythonsBelow(process.pid))
    await using tool = python({ unsafe: true })
    await using first = openRollout([tool])
    await first.say('x = 1')
    const server = (await pythonsBelow(process.pid)).find((pid) => !known.has(pid))
    expect(server).toBeDefined()
    process.kill(server as number, 'SIGKILL')
    await until(async () => (await processes()).every(({ pid }) => pid !== server), 'the server ends')
    await using second = openRollout([tool])
    expect(await second.say('"new"')).toBe("'new'")
    // It goes on as it was, or is restored, which is said in the call that found its process gone and in the next one.
    const seen = await first.say('x')
    expect(seen === '1' || seen.startsWith('interpreter_died')).toBe(true)
    expect(await first.say('x')).toMatch(/(^|\n)1$/)
  })

  test.skipIf(!linux)('ends with its host, even where that is killed', async () => {
    const program = fileURLToPath(new URL('__fixtures__/open-session.ts', import.meta.url))
    const host = spawn(process.execPath, ['--conditions=@interleave/source', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(host.stdout, 'data')
    const left = await pythonsBelow(host.pid as number)
    host.kill('SIGKILL')
    expect(left.length).toBeGreaterThan(1)
    await until(async () => {
      const alive = await processes()
      return left.every((pid) => alive.every((one) => one.pid !== pid))
    }, 'the processes of the sandbox end')
  })

  test('does not keep an idle host alive', async () => {
    const program = fileURLToPath(new URL('__fixtures__/open-session.ts', import.meta.url))
    const { exitCode, timedOut } = await execa(process.execPath, ['--conditions=@interleave/source', program, 'idle'], {
      timeout: 30_000,
      reject: false,
    })
    expect([exitCode, timedOut]).toEqual([0, false])
  })
})

/** Whether a tier works here: a weaker one than the strongest may still need what this machine lacks. */
async function isOffered(tier: IsolationTier): Promise<boolean> {
  await using backend = new PythonBackend({ isolation: tier, unsafe: true })
  const session = await backend.open().catch(() => undefined)
  await session?.[Symbol.asyncDispose]()
  return session !== undefined
}

withPython('isolation', () => {
  test('is reported: the strongest tier that works here, and why stronger ones do not', async () => {
    const { refused, tier } = await probeIsolation()
    expect(Object.keys(refused)).toEqual(isolationTiers.slice(0, isolationTiers.indexOf(tier)))
    expect(Object.values(refused).every((reason) => reason.length > 5)).toBe(true)
  })

  test.each(isolationTiers)('%s is used where the machine has it, else refused with its reason', async (tier) => {
    const report = await probeIsolation()
    await using backend = new PythonBackend({ isolation: tier, unsafe: true })
    const opened = await backend.open().catch((error: unknown) => error)
    if (opened instanceof Error) {
      expect(opened).toMatchObject({ boundary: 'sandbox', code: 'isolation_unavailable' })
      expect(opened.message).toMatch(new RegExp(`${tier}: .+`))
    }
    if (report.tier === tier) expect(opened).not.toBeInstanceOf(Error)
    if (report.refused[tier] !== undefined) expect(opened).toBeInstanceOf(Error)
  })

  test.for(isolationTiers)('a rollout at %s shows what one at any other tier shows', async (tier, { skip }) => {
    skip(!(await isOffered(tier)), 'this machine does not offer it')
    await using tool = python({ isolation: tier, unsafe: true })
    await using rollout = openRollout([tool])
    const seen = await rollout.say('import random\nx = random.random()\nx, {"a", "b"}, object()')
    expect(seen).toMatch(/^\(0\.\d+, \{'[ab]', '[ab]'\}, <object object at 0x…>\)$/)
    await using branch = await rollout.branch()
    expect(await branch.say('x')).toBe(await rollout.say('x'))
    expect(await rollout.say('while True: pass', 0.2)).toContain('time_limit')
    expect(await rollout.say('x > 0')).toContain('restored')
    expect(await rollout.say('import os; os._exit(3)')).toContain('interpreter_died')
  })

  test('T0 needs `unsafe`', () => {
    expect(() => python({ isolation: 'T0' })).toThrow(expect.objectContaining({ code: 'bad_option' }))
    expect(() => new PythonBackend({ isolation: 'T0', minimumIsolation: 'T1' })).toThrow('unsafe: true')
  })

  test.skipIf(process.getuid?.() !== 0)(
    'below the minimum nothing starts, and the fault names the reasons',
    async () => {
      // A plain user without new privileges cannot make control groups.
      const launcher = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs']
      await using backend = new PythonBackend({ launcher, minimumIsolation: 'T3' })
      const error = await backend.open().catch((reason: unknown) => reason)
      expect(error).toMatchObject({ boundary: 'sandbox', code: 'isolation_unavailable' })
      expect(String(error)).toMatch(/T3: .+minimumIsolation/)
    },
  )
})

describe('an interpreter that will not do', () => {
  test('one that is not there is a fault that says so', async () => {
    await using tool = python({ interpreter: '/no/such/python3' })
    await using rollout = openRollout([tool])
    await expect(rollout.call('1')).rejects.toMatchObject({ boundary: 'sandbox', code: 'no_python' })
    await expect(rollout.call('1')).rejects.toThrow('/no/such/python3')
  })

  test('a program that is no Python is one, too', async () => {
    await using tool = python({ interpreter: process.execPath })
    await using rollout = openRollout([tool])
    await expect(rollout.call('1')).rejects.toMatchObject({ boundary: 'sandbox', code: 'no_python' })
  })
})

withPython('a server that lies, and a disk that is full', () => {
  test('something else in place of its report is a fault that shows it, and leaves no process', async () => {
    const before = await pythonsBelow(process.pid)
    const launcher = ['sh', '-c', 'echo hello there; exec cat']
    await using backend = new PythonBackend({ launcher })
    const error = await backend.open().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ boundary: 'sandbox', code: 'interpreter_failed' })
    expect(String(error)).toContain('began with "hello there"')
    expect(await pythonsBelow(process.pid)).toEqual(before)
  })

  test('no place for its folder is a fault that names the place', async () => {
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = '/no/such/folder'
    try {
      await using backend = new PythonBackend()
      const error = await backend.open().catch((reason: unknown) => reason)
      expect(error).toMatchObject({ boundary: 'sandbox', code: 'no_scratch_folder' })
      expect(String(error)).toContain('/no/such/folder')
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  })
})

withPython('an interpreter without libraries', () => {
  test('is a fault that names what is missing', async () => {
    const found = await findPython()
    const folder = await mkdtemp(join(tmpdir(), 'interleave-bare-'))
    try {
      await execa('problem' in found ? 'python3' : found.command, ['-m', 'venv', '--without-pip', folder])
      await using tool = python({ interpreter: join(folder, 'bin', 'python'), unsafe: true })
      await using rollout = openRollout([tool])
      await expect(rollout.call('1')).rejects.toMatchObject({ boundary: 'sandbox', code: 'missing_library' })
      await expect(rollout.call('1')).rejects.toThrow(/has no numpy.*interleave doctor/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
