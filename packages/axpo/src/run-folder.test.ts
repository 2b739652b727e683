import { spawn } from 'node:child_process'
import { appendFile, cp, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lintFiles, type Task } from '@interleave/trajectory'
import { fakeSource, fakeTask } from './__fixtures__/fake-source.ts'
import { committedNames } from './committed-files.ts'
import { openRunFolder, type RunFolder } from './open-run-folder.ts'
import type { RolloutSource } from './rollout-source.ts'
import { sampleStep } from './sample-step.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'axpo-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const manifest = { options: { rollouts: 4, nested: [1, { deep: true }] }, seed: 3 }
const tasks: Task[] = Array.from({ length: 4 }, (_, index) => fakeTask(index))
const folder = (name: string): string => join(root, name)
const sample = (store: RunFolder, source: RolloutSource = fakeSource()): ReturnType<typeof sampleStep> =>
  sampleStep({ source, tasks, seed: 3, step: store.nextStep, store, concurrency: 4, options: { budget: 1 } })

/** The files of a run, clock readings taken out: what two runs of one seed must share to the byte. */
async function bytesOf(run: string): Promise<Record<string, string>> {
  const entries = await readdir(run, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = files
    .toSorted()
    .map(async (file) => [file.slice(run.length + 1), await readFile(file, 'utf8')] as const)
  const timeless = (line: string): string => {
    const { timing: _, ...rest } = line === '' ? {} : (JSON.parse(line) as Record<string, unknown>)
    return JSON.stringify(rest)
  }
  return Object.fromEntries(
    (await Promise.all(texts)).map(([name, text]) => [
      name,
      name.endsWith('.jsonl') ? text.split('\n').map(timeless).join('\n') : text,
    ]),
  )
}

test('two steps, closed and gone on with, are the files of one go', async () => {
  await using whole = await openRunFolder(folder('whole'), { manifest })
  for (let step = 0; step < 2; step += 1) await sample(whole, fakeSource({ delayMs: 2 }))
  const first = await openRunFolder(folder('parted'), { manifest })
  await sample(first)
  await first.close()
  await using second = await openRunFolder(folder('parted'), { manifest, resume: true })
  expect([whole.resumed, second.resumed, second.nextStep]).toEqual([false, true, 1])
  expect(second.budget).toEqual({ mode: 'batch', budget: 1, resamples: 4, allowance: expect.any(String) as string })
  await sample(second)
  await Promise.all([whole.close(), second.close()])
  const bytes = await bytesOf(folder('whole'))
  expect(Object.keys(bytes).toSorted()).toEqual([...committedNames, 'run.json'].toSorted())
  expect(await bytesOf(folder('parted'))).toEqual(bytes)
  const [trajectories, groups, credit] = ['trajectories', 'groups', 'credit'].map((name) =>
    folder(`whole/${name}.jsonl`),
  )
  const findings = await Array.fromAsync(lintFiles({ trajectories: trajectories!, groups: groups!, credit: credit! }))
  expect(findings).toEqual([])
})

/** A source that lets some rollouts through and then fails like a bug would. */
function failingAfter(count: number): RolloutSource {
  const inner = fakeSource()
  let left = count
  const guard = (): void => {
    left -= 1
    if (left < 0) throw new Error('stopped')
  }
  return {
    async rollout(task, request) {
      guard()
      return inner.rollout(task, request)
    },
    async resume(prefix, request) {
      guard()
      return inner.resume(prefix, request)
    },
  }
}

test('a step that failed can be tried again by the same process, and samples only what is missing', async () => {
  await using store = await openRunFolder(folder('again'), { manifest })
  await expect(sample(store, failingAfter(20))).rejects.toThrow(/stopped/)
  let calls = 0
  const { trajectories } = await sample(store, fakeSource({ onCall: () => (calls += 1) }))
  expect(calls).toBe(trajectories.length - 20)
})

test('a line cut short by a kill is dropped, and only that rollout is sampled again', async () => {
  const stopped = await openRunFolder(folder('half'), { manifest })
  await expect(sample(stopped, failingAfter(20))).rejects.toThrow(/stopped/)
  await stopped.close()
  const partial = join(folder('half'), 'partial', 'step-0000.trajectories.jsonl')
  await truncate(partial, (await readFile(partial)).length - 100)
  await using resumed = await openRunFolder(folder('half'), { manifest, resume: true })
  let calls = 0
  const { trajectories } = await sample(resumed, fakeSource({ onCall: () => (calls += 1) }))
  expect(calls).toBe(trajectories.length - 19)
})

describe('a kill in the middle of a commit', () => {
  test('at any byte leads to the same files, and samples nothing again', async () => {
    const stopped = await openRunFolder(folder('commit'), { manifest })
    await sample(stopped)
    const before = new Map<string, number>()
    for (const name of committedNames) before.set(name, (await readFile(join(folder('commit'), name))).length)
    // Everything is sampled, the commit never begins.
    await expect(
      sampleStep({
        source: fakeSource(),
        tasks,
        seed: 3,
        step: 1,
        store: Object.assign({}, stopped, { commit: () => Promise.reject(new Error('killed')) }),
        options: { budget: 1 },
      }),
    ).rejects.toThrow('killed')
    await stopped.close()
    await cp(folder('commit'), folder('finished'), { recursive: true })
    const finish = async (name: string): Promise<void> => {
      await using store = await openRunFolder(folder(name), { manifest, resume: true })
      if (store.nextStep < 2) await sample(store, failingAfter(0))
    }
    await finish('finished')
    const expected = await bytesOf(folder('finished'))
    // A commit appends to these files in this order.
    const order = ['trajectories.jsonl', 'groups.jsonl', 'credit.jsonl', 'metrics.jsonl', 'journal.jsonl']
    const added = await Promise.all(
      order.map(async (name) => (await readFile(join(folder('finished'), name))).subarray(before.get(name))),
    )
    const total = added.reduce((sum, bytes) => sum + bytes.length, 0)
    for (let cut = 0; cut <= 24; cut += 1) {
      await rm(folder('cut'), { recursive: true, force: true })
      await cp(folder('commit'), folder('cut'), { recursive: true })
      // The last few cuts fall into the journal, the very last after all but its newline.
      let left = cut < 16 ? Math.floor((total * cut) / 16) : total - (24 - cut) ** 3
      for (const [index, bytes] of added.entries()) {
        await appendFile(join(folder('cut'), order[index]!), bytes.subarray(0, Math.max(0, left)))
        left -= bytes.length
      }
      await finish('cut')
      expect(await bytesOf(folder('cut'))).toEqual(expected)
    }
  })
})

describe('refused, with a sentence', () => {
  test('a run that is there already, another configuration, a folder that is no run’s', async () => {
    await (await openRunFolder(folder('there'), { manifest })).close()
    const open = (changed: object, resume = true): Promise<RunFolder> =>
      openRunFolder(folder('there'), { manifest: { ...manifest, ...changed }, resume })
    await expect(open({}, false)).rejects.toThrow(/already holds a run: resume it/)
    await expect(open({ seed: 4 })).rejects.toThrow(/seed was 3 and is now 4/)
    await expect(open({ options: { rollouts: 4, nested: [1, { deep: false }] } })).rejects.toThrow(
      /options\.nested\[1\]\.deep was true and is now false/,
    )
    await expect(open({ extra: 'x' })).rejects.toThrow(/extra was absent and is now "x"/)
    // Refusing gives the lock back, and the order of keys is not a difference.
    const { seed, options } = manifest
    await (await openRunFolder(folder('there'), { manifest: { seed, options }, resume: true })).close()

    await writeFile(join(folder('there'), 'run.json'), '{')
    await expect(open({})).rejects.toThrow(/is not the manifest of a run/)
    await rm(join(folder('there'), 'run.json'))
    await writeFile(join(folder('there'), 'trajectories.jsonl'), 'precious')
    await expect(open({})).rejects.toThrow(/holds trajectories\.jsonl but no run\.json/)
    expect(await readFile(join(folder('there'), 'trajectories.jsonl'), 'utf8')).toBe('precious')
  })

  test('a finished file that was shortened', async () => {
    const store = await openRunFolder(folder('short'), { manifest })
    await sample(store)
    await store.close()
    await truncate(join(folder('short'), 'credit.jsonl'), 10)
    await expect(openRunFolder(folder('short'), { manifest, resume: true })).rejects.toThrow(
      /credit\.jsonl has 0 lines where the journal counts/,
    )
  })

  test('a folder in use; a lock left by a process that is gone is taken over', async () => {
    const store = await openRunFolder(folder('locked'), { manifest })
    await expect(openRunFolder(folder('locked'), { manifest, resume: true })).rejects.toThrow(/in use by process/)
    await store.close()
    const child = spawn('sleep', ['30'])
    try {
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '')
      const started = stat.split(' ')[21]
      const lock = join(folder('locked'), 'lock')
      await writeFile(lock, JSON.stringify({ pid: child.pid, ...(started && { started }) }))
      await expect(openRunFolder(folder('locked'), { manifest, resume: true })).rejects.toThrow(
        `in use by process ${child.pid}`,
      )
      // The same number, but another process than the one that took the lock.
      if (started) {
        await writeFile(lock, JSON.stringify({ pid: child.pid, started: '1' }))
        await (await openRunFolder(folder('locked'), { manifest, resume: true })).close()
      }
    } finally {
      child.kill()
    }
    for (const left of ['{"pid":2147483646}', '', 'junk']) {
      await writeFile(join(folder('locked'), 'lock'), left)
      await (await openRunFolder(folder('locked'), { manifest, resume: true })).close()
    }
    expect((await readdir(folder('locked'))).toSorted()).toEqual(['run.json'])
  })

  test('steps out of turn, and a folder that was closed', async () => {
    const store = await openRunFolder(folder('turn'), { manifest })
    await expect(sampleStep({ source: fakeSource(), tasks, seed: 3, step: 2, store })).rejects.toThrow(
      /goes on with step 0, not with step 2/,
    )
    await store.close()
    await expect(sample(store)).rejects.toThrow(/is closed/)
  })
})

test.skipIf(!existsSync('/dev/full'))(
  'a full disk is one sentence, nothing is lost, and the run goes on once there is room',
  async () => {
    const store = await openRunFolder(folder('full'), { manifest })
    const metrics = join(folder('full'), 'metrics.jsonl')
    await symlink('/dev/full', metrics)
    await expect(sample(store)).rejects.toThrow(/^No space is left to write .*metrics\.jsonl: free some and go on/)
    await rm(metrics)
    await store.close()
    await cp(folder('full'), folder('full-later'), { recursive: true })
    await using later = await openRunFolder(folder('full-later'), { manifest, resume: true })
    await sample(later, failingAfter(0))
    await later.close()
    await using whole = await openRunFolder(folder('room'), { manifest })
    await sample(whole)
    await whole.close()
    expect(await bytesOf(folder('full-later'))).toEqual(await bytesOf(folder('room')))
  },
)

test.skipIf(!existsSync('/dev/full'))('after a full disk the same process may try again', async () => {
  await using store = await openRunFolder(folder('retry'), { manifest })
  const groups = join(folder('retry'), 'groups.jsonl')
  await symlink('/dev/full', groups)
  await expect(sample(store)).rejects.toThrow(expect.objectContaining({ code: 'disk_full' }))
  await rm(groups)
  await sample(store, failingAfter(0))
  await store.close()
  expect(await bytesOf(folder('retry'))).toEqual(await bytesOf(folder('room')))
})

describe('kill -9', () => {
  /** Runs the child until it ends, or kills it once it asked for some rollouts. Returns what it asked for. */
  function child(name: string, killAfter = Infinity): Promise<{ asked: string[]; code: number | null }> {
    return new Promise((resolve, reject) => {
      const script = new URL('__fixtures__/run-child.ts', import.meta.url).pathname
      const run = spawn(process.execPath, ['--conditions=@interleave/source', script, folder(name)])
      let out = ''
      let errors = ''
      run.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString()
        if (out.split('\n').length > killAfter) run.kill('SIGKILL')
      })
      run.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
      run.on('close', (code) => {
        if (code !== 0 && code !== null) reject(new Error(errors))
        else resolve({ asked: out.split('\n').slice(0, -1), code })
      })
    })
  }

  test('at any moment: the same bytes, and what is sampled twice was in flight', async () => {
    const undisturbed = await child('undisturbed')
    expect(undisturbed.code).toBe(0)
    const kills = [1, 30, 40, 55, 23]
    const asked: string[] = []
    for (const [index, killAfter] of kills.entries()) {
      const { code, asked: more } = await child('killed', killAfter)
      expect(code, `kill ${index}`).toBeNull()
      asked.push(...more)
    }
    asked.push(...(await child('killed')).asked)
    expect(await bytesOf(folder('killed'))).toEqual(await bytesOf(folder('undisturbed')))
    expect(new Set(asked)).toEqual(new Set(undisturbed.asked))
    // Six in flight at each kill.
    expect(asked.length - undisturbed.asked.length).toBeLessThanOrEqual(6 * kills.length)
    expect(asked.length).toBeGreaterThan(undisturbed.asked.length)
  }, 60_000)
})
