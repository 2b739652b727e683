import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { command, interleave, scratch } from './interleave.ts'

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const files = ['trajectories.jsonl', 'groups.jsonl', 'credit.jsonl', 'metrics.jsonl', 'journal.jsonl', 'run.json']

async function questions(folder: string): Promise<string> {
  const file = path.join(folder, 'questions.jsonl')
  const rows = Array.from({ length: 40 }, (_, index) => ({
    id: `q${index}`,
    question: `What is ${index} + 1?`,
    answer: index + 1,
  }))
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return file
}

/** Bytes of the files of a run, those of the running step included. */
async function written(run: string): Promise<number> {
  const names = await readdir(run, { recursive: true }).catch(() => [])
  const sizes = names
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) =>
      stat(path.join(run, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** A module whose policy takes its time, so that a run is surely under way when something happens to it. */
async function slowPolicy(folder: string): Promise<string> {
  const file = path.join(folder, 'slow.mjs')
  const from = (name: string): string => JSON.stringify(import.meta.resolve(name))
  const code = `
    import { setTimeout } from 'node:timers/promises'
    import { byteTemplate } from ${from('@interleave/chat-template/byte')}
    import { embeddedPolicy } from ${from('@interleave/embedded-policy')}
    const quick = embeddedPolicy()
    export const template = byteTemplate()
    export const policy = {
      capabilities: quick.capabilities,
      async generate(request) {
        await setTimeout(30, undefined, { signal: request.signal })
        return quick.generate(request)
      },
      [Symbol.asyncDispose]: () => quick[Symbol.asyncDispose](),
    }`
  await writeFile(file, code)
  return file
}

/** The files of a run with every field named timing left out. */
async function bytes(run: string): Promise<string[]> {
  const strip = (text: string): string =>
    text
      .split('\n')
      .map((line) => {
        try {
          return JSON.stringify(JSON.parse(line, (key, value: unknown) => (key === 'timing' ? undefined : value)))
        } catch {
          return line
        }
      })
      .join('\n')
  return Promise.all(files.map(async (name) => strip(await readFile(path.join(run, name), 'utf8'))))
}

describe('a run that is cut off', () => {
  it('ends with the same bytes after kill -9 at any moment and --resume', async () => {
    await using place = await scratch()
    const file = await questions(place.folder)
    const words = (out: string): string[] => ['sample', file, '--out', out, '--batch-size', '8', '--concurrency', '4']
    const whole = path.join(place.folder, 'whole')
    expect((await interleave(words(whole))).exitCode).toBe(0)

    // Killed where it waits for the policy, in the middle of a step, each time a little later.
    const cut = path.join(place.folder, 'cut')
    const slow = await slowPolicy(place.folder)
    for (const growth of [1, 2_000, 30_000, 60_000]) {
      const before = await written(cut)
      const [program, ...first] = command
      const child = spawn(program, [...first, ...words(cut), '--resume', '--policy', slow], { stdio: 'ignore' })
      while (child.exitCode === null && (await written(cut)) < before + growth) await wait(3)
      expect(child.exitCode).toBeNull()
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const last = await interleave([...words(cut), '--resume'])
    expect(last).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await bytes(cut)).toEqual(await bytes(whole))
    expect((await interleave(['lint', cut])).exitCode).toBe(0)
  })

  it('stops in order at Ctrl-C, says how to go on, and goes on', async () => {
    await using place = await scratch()
    const file = await questions(place.folder)
    const out = path.join(place.folder, 'run')
    const slow = await slowPolicy(place.folder)
    const words = ['sample', file, '--out', out, '--batch-size', '4', '--concurrency', '16', '--policy', slow]
    const [program, ...first] = command
    const child = spawn(program, [...first, ...words], { stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    // Once the first step is written the run is under way, whatever the machine.
    for (
      let tries = 0;
      tries < 600 && !(await readFile(path.join(out, 'journal.jsonl'), 'utf8').catch(() => ''));
      tries += 1
    )
      await wait(10)
    child.kill('SIGINT')
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(130)
    expect(stderr).toMatch(/^interleave: interrupted\. .*--resume goes on\.\n$/)
    expect((await interleave(['lint', out])).exitCode).toBe(0)
    expect((await interleave([...words, '--resume'])).exitCode).toBe(0)
    const lines = (await readFile(path.join(out, 'groups.jsonl'), 'utf8')).trim().split('\n')
    expect(lines).toHaveLength(40)
  })

  it('refuses a second process on the same folder', async () => {
    await using place = await scratch()
    const file = await questions(place.folder)
    const out = path.join(place.folder, 'run')
    const slow = await slowPolicy(place.folder)
    const words = ['sample', file, '--out', out, '--batch-size', '1', '--concurrency', '1', '--policy', slow]
    const [program, ...first] = command
    const child = spawn(program, [...first, ...words], { stdio: 'ignore' })
    for (
      let tries = 0;
      tries < 600 && !(await readFile(path.join(out, 'journal.jsonl'), 'utf8').catch(() => ''));
      tries += 1
    )
      await wait(10)
    const second = await interleave([...words, '--resume'])
    child.kill('SIGKILL')
    expect(second.exitCode).toBe(1)
    expect(second.stderr).toMatch(/in use|another process|pid/)
  })
})
