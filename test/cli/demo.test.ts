import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, interleave, scratch, type Ended } from './interleave.ts'

const words = (out: string): string[] => ['demo', '--runs', '2', '--steps', '2', '--seed', '7', '--out', out, '--json']
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

/** What a study is read for: its figures and its picture. */
const read = async (out: string): Promise<{ metrics: string; curves: Buffer }> => ({
  metrics: await readFile(path.join(out, 'metrics.jsonl'), 'utf8'),
  curves: await readFile(path.join(out, 'learning-curves.png')),
})

describe('interleave demo', () => {
  let place: Awaited<ReturnType<typeof scratch>>
  let whole = ''
  let ended: Ended
  beforeAll(async () => {
    place = await scratch()
    whole = path.join(place.folder, 'whole')
    ended = await interleave(words(whole))
  })
  afterAll(() => place[Symbol.asyncDispose]())

  it('compares two methods, run by run', async () => {
    expect(ended.exitCode, ended.stderr).toBe(0)
    const { settings, summary } = JSON.parse(ended.stdout) as {
      settings: { seed: number }
      summary: { method: string; runs: { run: number; rollouts: number }[]; difference?: object }[]
    }
    expect(settings).toMatchObject({ seed: 7, runs: [1, 2], steps: 2 })
    expect(summary.map(({ method, runs }) => [method, runs.map(({ run }) => run)])).toEqual([
      ['GRPO 10', [1, 2]],
      ['AXPO', [1, 2]],
    ])
    const [grpo, axpo] = summary
    expect(grpo).not.toHaveProperty('difference')
    expect(axpo?.difference).toMatchObject({
      passAt1: { mean: expect.any(Number), standardError: expect.any(Number) },
    })
    // 2 steps of 32 questions: 10 rollouts each, or 8 and no more than 2 continuations for each on top.
    for (const { rollouts } of grpo?.runs ?? []) expect(rollouts).toBe(640)
    for (const { rollouts } of axpo?.runs ?? []) {
      expect(rollouts).toBeGreaterThan(512)
      expect(rollouts).toBeLessThanOrEqual(640)
    }
    expect((await readdir(whole)).toSorted()).toEqual([
      'learning-curves.png',
      'media',
      'metrics.jsonl',
      'run.json',
      'trajectories',
    ])
    // As many runs at a time as there are cores: a line as each is done.
    expect(
      lines(ended.stderr)
        .map((line) => line.replace(/:.*/, ''))
        .toSorted(),
    ).toEqual(['AXPO, run 1', 'AXPO, run 2', 'GRPO 10, run 1', 'GRPO 10, run 2'])
  })

  it('writes a record for each step of each run, in order; runs of one number start alike', async () => {
    const { metrics } = await read(whole)
    const records = lines(metrics).map((line) => JSON.parse(line) as { method: string; run: number; step: number })
    expect(records.map(({ method, run, step }) => `${run} ${method} ${step}`)).toEqual(
      [1, 2].flatMap((run) =>
        ['GRPO 10', 'AXPO'].flatMap((method) => [0, 1, 2].map((step) => `${run} ${method} ${step}`)),
      ),
    )
    const { method: _, ...start } = records[0]!
    expect(records[3]).toEqual({ ...start, method: 'AXPO' })
  })

  it.each(['GRPO-10', 'AXPO'])('keeps trajectories of %s that lint finds clean', async (method) => {
    const folder = path.join(whole, 'trajectories', method)
    expect(await interleave(['lint', folder])).toEqual({ exitCode: 0, stdout: `${folder} is clean`, stderr: '' })
  })

  it('refuses a folder that holds a study, and to go on with other options', async () => {
    expect(await interleave(words(whole))).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `interleave demo: ${whole} already holds a study: use --resume, or choose another folder.`,
    })
    const other = await interleave([...words(whole), '--useless-tool', '--resume'])
    expect(other).toMatchObject({ exitCode: 1, stdout: '' })
    expect(other.stderr).toMatch(/^interleave demo: [^\n]*another "uselessTool"[^\n]*$/)
  })

  it('has nothing left to make of a whole study, and shows it again', async () => {
    const again = await interleave([...words(whole), '--resume'])
    expect(again).toEqual({ exitCode: 0, stdout: ended.stdout, stderr: '' })
    const table = await interleave([...words(whole).filter((word) => word !== '--json'), '--resume'])
    expect(lines(table.stdout).map((line) => line.split(/ {2,}/)[0])).toEqual([
      'at the end',
      'GRPO 10',
      'AXPO',
      'less GRPO 10',
      'AXPO',
      'Pass@1 of run',
      '',
      '',
    ])
    for (const line of lines(table.stdout)) expect(line.length).toBeLessThanOrEqual(80)
    expect(table.stderr).toContain(`npx interleave lint ${path.join(whole, 'trajectories', 'AXPO')}`)
  })

  it('stops in order at Ctrl-C while it trains; what goes on ends with the bytes of one that was not stopped', async () => {
    const cut = path.join(place.folder, 'cut')
    const [program, ...first] = command
    const child = spawn(program, [...first, ...words(cut)], { stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const closed = once(child, 'close') as Promise<[number]>
    const kept = (): Promise<string> => readFile(path.join(cut, 'metrics.jsonl'), 'utf8').catch(() => '')
    // With the first run written, others are in the middle.
    while (child.exitCode === null && (await kept()) === '') await wait(20)
    child.kill('SIGINT')
    const [code] = await closed
    expect(code).toBe(130)
    const last = lines(stderr).at(-1)
    expect(last).toBe(
      `interleave: interrupted. Runs that were whole are in ${cut}; the same command with --resume goes on.`,
    )
    for (const line of lines(stderr).slice(0, -1)) expect(line).toMatch(/^[\w ]+, run \d: Pass@1 /)

    const before = new Set(
      lines(await kept())
        .map((line) => JSON.parse(line) as { method: string; run: number })
        .map(({ method, run }) => `${method}, run ${run}`),
    )
    expect(before.size).toBeGreaterThanOrEqual(1)
    expect(before.size).toBeLessThan(4)
    const resumed = await interleave([...words(cut), '--resume'])
    expect({ exitCode: resumed.exitCode, stdout: resumed.stdout }).toEqual({ exitCode: 0, stdout: ended.stdout })
    expect(lines(resumed.stderr)).toHaveLength(4 - before.size)
    for (const name of before) expect(resumed.stderr).not.toContain(name)
    expect(await read(cut)).toEqual(await read(whole))
    for (const method of ['GRPO-10', 'AXPO'])
      expect((await interleave(['lint', path.join(cut, 'trajectories', method)])).exitCode).toBe(0)
  })
})
