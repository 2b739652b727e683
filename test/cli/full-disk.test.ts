import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { sceneTasks } from '@interleave/embedded-policy/scenes'
import { describe, expect, it } from 'vitest'
import { interleave, scratch } from './interleave.ts'

/** A small file system, where this machine lets us have one. */
function mountSmall(folder: string, size: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Questions about scenes in a folder of pictures, which the embedded policy zooms into. */
async function scenes(folder: string, count: number): Promise<string> {
  const rows: string[] = []
  for await (const { image, task } of sceneTasks({ seed: 1, count, width: 1024, height: 768 })) {
    const name = `${task.id}.jpg`
    await writeFile(path.join(folder, name), image.bytes)
    const text = task.prompt.map((part) => (part.type === 'text' ? part.text : '')).join('')
    const question = text.split('\n')[0]
    const options = [...text.matchAll(/^[A-H]\. (.*)$/gm)].map(([, option]) => option)
    rows.push(JSON.stringify({ id: task.id, image: name, question, options, answer: task.metadata?.['answer'] }))
  }
  const file = path.join(folder, 'scenes.jsonl')
  await writeFile(file, rows.map((row) => `${row}\n`).join(''))
  return file
}

describe('a full disk', () => {
  it('is one sentence, and the run goes on once there is room', async ({ skip }) => {
    await using place = await scratch()
    const disk = path.join(place.folder, 'disk')
    await mkdir(disk)
    if (!mountSmall(disk, '1m')) skip('a small file system can be mounted by root alone')
    try {
      const file = path.join(place.folder, 'questions.jsonl')
      const rows = Array.from({ length: 64 }, (_, index) => ({
        id: `q${index}`,
        question: 'Why? '.repeat(20),
        answer: index,
      }))
      await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
      const words = ['sample', file, '--out', path.join(disk, 'run'), '--batch-size', '2']
      const full = await interleave(words)
      expect(full.exitCode).toBe(1)
      expect(full.stderr.split('\n')).toHaveLength(1)
      expect(full.stderr).toMatch(/disk|space/i)
      execFileSync('mount', ['-o', 'remount,size=200m', disk])
      expect(await interleave([...words, '--resume'])).toMatchObject({ exitCode: 0, stderr: '' })
      expect((await interleave(['lint', path.join(disk, 'run')])).exitCode).toBe(0)
      expect((await readFile(path.join(disk, 'run', 'groups.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(64)
    } finally {
      execFileSync('umount', ['-l', disk])
    }
  })

  it('in the middle of writing images voids no rollout: what is resumed ends as if nothing had happened', async ({
    skip,
  }) => {
    await using place = await scratch()
    const disk = path.join(place.folder, 'disk')
    await mkdir(disk)
    if (!mountSmall(disk, '3m')) skip('a small file system can be mounted by root alone')
    try {
      const file = await scenes(place.folder, 8)
      const words = (out: string): string[] => ['sample', file, '--out', out, '--json']
      const full = await interleave(words(path.join(disk, 'run')))
      expect(full.exitCode).toBe(1)
      expect(full.stderr).toMatch(/^interleave sample: [^\n]*(disk|space)[^\n]*$/i)
      execFileSync('mount', ['-o', 'remount,size=200m', disk])
      const resumed = await interleave([...words(path.join(disk, 'run')), '--resume'])
      const whole = await interleave(words(path.join(place.folder, 'whole')))
      expect(JSON.parse(resumed.stdout)).toEqual(JSON.parse(whole.stdout))
      expect(JSON.parse(whole.stdout)).toMatchObject({ diagnostics: { void: { rollouts: 0, continuations: 0 } } })
      expect((await interleave(['lint', path.join(disk, 'run')])).exitCode).toBe(0)
    } finally {
      execFileSync('umount', ['-l', disk])
    }
  })

  it('is one sentence of the demo, which stops', async ({ skip }) => {
    await using place = await scratch()
    const disk = path.join(place.folder, 'disk')
    await mkdir(disk)
    if (!mountSmall(disk, '3m')) skip('a small file system can be mounted by root alone')
    try {
      const { exitCode, stderr, stdout } = await interleave(['demo', '--out', path.join(disk, 'study')])
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(stderr).toMatch(/^interleave demo: No space is left[^\n]*$/)
    } finally {
      execFileSync('umount', ['-l', disk])
    }
  })
})
