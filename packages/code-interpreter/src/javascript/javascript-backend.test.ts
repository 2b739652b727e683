import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { execPath, platform } from 'node:process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { childPids, isAlive, until } from './__fixtures__/child-pids.ts'
import { replyOf, runCell, valueOf } from './__fixtures__/cells.ts'
import { poolLimits } from './child-pool.ts'
import { javascriptBackend, openBackend } from './javascript-backend.ts'

const holder = fileURLToPath(new URL('./__fixtures__/hold-session.ts', import.meta.url))
const hold = (...args: string[]): ReturnType<typeof spawn> =>
  spawn(execPath, ['--conditions=@interleave/source', holder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
const one = { ...poolLimits, spread: 1 }

describe('the program', () => {
  it('reads nothing but what it names', async () => {
    let named: readonly string[] = []
    await using backend = javascriptBackend({
      launch: ({ command, args, readable }) => {
        named = readable
        const allowed = readable.map((path) => `--allow-fs-read=${path}`)
        return { command, args: ['--permission', '--allow-addons', ...allowed, ...args] }
      },
    })
    await using session = await backend.open()
    expect(await valueOf(session, 'math.sqrt(1764)')).toBe('42')
    expect(named.every((path) => path.startsWith('/'))).toBe(true)
  })

  it('is a fault of ours where it does not start', async () => {
    await using missing = javascriptBackend({ launch: () => ({ command: '/nowhere/node', args: [] }) })
    await expect(missing.open()).rejects.toMatchObject({ code: 'javascript_unavailable', boundary: 'sandbox' })
    await using failing = javascriptBackend({ launch: () => ({ command: execPath, args: ['-e', 'throw 1'] }) })
    await expect(failing.open()).rejects.toMatchObject({ code: 'javascript_unavailable', boundary: 'sandbox' })
  })

  it('knows nothing of the environment', async () => {
    let told = ''
    await using backend = javascriptBackend({
      launch: () => ({ command: execPath, args: ['-e', 'console.error(JSON.stringify(process.env))'] }),
    })
    await backend.open().catch((error: Error) => {
      told = (error.cause as Error).message
    })
    expect(told.trim()).toBe('{}')
  })
})

describe('one that goes down', () => {
  it('is the doing of the session at work; the others are displaced, at work or not', async () => {
    await using backend = openBackend({}, one)
    const [culprit, working, idle] = await Promise.all([backend.open(), backend.open(), backend.open()])
    const ends = await Promise.all([
      runCell(culprit, 'Array(1e9).fill(0)', { timeoutMs: 200 }),
      runCell(working, 'for (;;);', { timeoutMs: 5000 }),
    ])
    expect(['time_limit', 'crashed']).toContain(ends[0].kind)
    expect(ends[1]).toEqual({ kind: 'displaced' })
    expect(await runCell(idle, '1')).toEqual({ kind: 'displaced' })
    await using next = await backend.open()
    expect(await valueOf(next, '1')).toBe('1')
  })

  it.runIf(platform === 'linux')('with several at work gives each of them a process of its own next', async () => {
    await using backend = openBackend({}, one)
    const before = new Set(childPids())
    const started = (): number[] => childPids().filter((pid) => !before.has(pid))
    const sessions = await Promise.all([backend.open(), backend.open()])
    const running = Promise.all(sessions.map((session) => runCell(session, 'for (;;);')))
    expect(started()).toHaveLength(1)
    process.kill(started()[0] as number, 'SIGKILL')
    expect(await running).toEqual([{ kind: 'displaced' }, { kind: 'displaced' }])
    const again = await Promise.all([backend.open(), backend.open()])
    expect(started()).toHaveLength(2)
    const alone = again.map((session) => runCell(session, 'for (;;);'))
    process.kill(started()[0] as number, 'SIGKILL')
    expect((await Promise.race(alone)).kind).toBe('crashed')
    await backend[Symbol.asyncDispose]()
    expect((await Promise.all(alone)).map(({ kind }) => kind)).toEqual(['crashed', 'crashed'])
  })
})

describe.runIf(platform === 'linux')('lifetimes', () => {
  it('leaves no process and no descriptor behind', async () => {
    const before = childPids().length
    const files = readdirSync('/proc/self/fd').length
    const backend = openBackend({}, { spread: 1, sessionsPerChild: 4, sessionsPerLife: 10 })
    const pids = new Set<number>()
    for (let round = 0; round < 10; round += 1) {
      const sessions = await Promise.all(Array.from({ length: 6 }, () => backend.open()))
      for (const pid of childPids()) pids.add(pid)
      await Promise.all(
        sessions.map((session, at) => replyOf(session, at % 2 === 0 ? 'await new Promise(() => {})' : '1')),
      )
      await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()))
    }
    // No child lives for more than ten sessions.
    expect(pids.size).toBeGreaterThanOrEqual(6)
    await backend[Symbol.asyncDispose]()
    expect(childPids()).toHaveLength(before)
    await until(() => readdirSync('/proc/self/fd').length <= files)
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(files)
    await expect(backend.open()).rejects.toMatchObject({ code: 'closed' })
  })

  it('does not keep its host alive', async () => {
    const host = hold()
    const [code] = (await once(host, 'exit')) as [number | null]
    expect(code).toBe(0)
  })

  it('ends when its host is killed', async () => {
    const host = hold('stay')
    await once(host.stdout ?? host, 'data')
    const pids = childPids(host.pid)
    expect(pids).toHaveLength(1)
    host.kill('SIGKILL')
    await until(() => !pids.some(isAlive))
    expect(pids.filter(isAlive)).toEqual([])
  })
})
