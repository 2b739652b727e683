import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Arena } from './arena.ts'
import { descendants, settled } from './machine.ts'

const sessions = 300

/** Opens and closes many sessions, and looks for what they left on the machine. */
export function testLeaks(arena: Arena): void {
  describe('leaks', () => {
    test(`${sessions} sessions leave nothing behind`, async () => {
      const folder = dirname(arena.host.serverSocket)
      const count = async (): Promise<number> => (await descendants(process.pid)).length
      const processes = await count()
      // What is set up once is set up by the first.
      await visit(arena)
      await settled(count, processes)
      const server = (await descendants(process.pid)).map(String)
      const own = (): Promise<string[]> =>
        groups().then((all) => all.filter((group) => server.some((pid) => group.endsWith(`-${pid}`))))
      const look = async (): Promise<Holdings> => ({
        ...(await holdings(folder)),
        groups: (await Promise.all((await own()).map(sessionsIn))).reduce((sum, one) => sum + one, 0),
      })
      await expect.poll(async () => (await look()).groups, { timeout: 5_000 }).toBeLessThanOrEqual(2)
      const before = await look()
      for (let done = 0; done < sessions; done += 10) await Promise.all(Array.from({ length: 10 }, () => visit(arena)))
      await expect.poll(look, { timeout: 10_000 }).toEqual(before)
    })

    // The last test of a tier: it ends the tool.
    test('nothing is left of the tool', async () => {
      const { host } = arena
      const processes = (await descendants(process.pid)).map(String)
      await arena[Symbol.asyncDispose]()
      const left = async (): Promise<string[]> => [
        ...(await commandLines()).filter((line) => line.includes(host.serverSocket)),
        ...(await groups()).filter((group) => processes.some((pid) => group.endsWith(`-${pid}`))),
      ]
      await expect.poll(left, { timeout: 10_000 }).toEqual([])
      expect(existsSync(dirname(host.serverSocket))).toBe(false)
    })
  })
}

async function visit(arena: Arena): Promise<void> {
  await using rollout = arena.rollout()
  expect(await rollout.say('open("a", "w").write("abc")', 20)).toMatchObject({ end: 'ok', text: '3' })
}

interface Holdings {
  readonly processes: number
  readonly descriptors: number
  readonly mounts: number
  readonly groups: number
  readonly files: number
}

async function holdings(folder: string): Promise<Omit<Holdings, 'groups'>> {
  return {
    processes: (await descendants(process.pid)).length,
    descriptors: (await readdir('/proc/self/fd')).length,
    mounts: (await readFile('/proc/mounts', 'utf8')).split('\n').length,
    files: (await readdir(folder, { recursive: true })).length,
  }
}

async function groups(): Promise<string[]> {
  const found = await Promise.all(
    ['pids', 'unified'].map(async (kind) => {
      const entries = await readdir(`/sys/fs/cgroup/${kind}`, { withFileTypes: true }).catch(() => [])
      return entries
        .filter((entry) => entry.isDirectory() && entry.name.startsWith('interleave-'))
        .map((entry) => join(entry.parentPath, entry.name))
    }),
  )
  return found.flat()
}

async function sessionsIn(group: string): Promise<number> {
  return (await readdir(group).catch(() => [])).filter((name) => /^s\d+$/.test(name)).length
}

async function commandLines(): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return Promise.all(processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
}
