import { contentHash, taskSchema } from '@interleave/trajectory'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { kinds } from '../kinds.ts'
import { makeScene } from './make-scene.ts'
import { sceneOptions, sceneTasks } from './scene-tasks.ts'

describe('makeScene', () => {
  it('draws the same bytes for the same seed and others for another', async () => {
    const [one, again, other] = await Promise.all(
      [4, 4, 5].map((seed) => makeScene({ seed, kind: 'dots-in-green', width: 640, height: 480 })),
    )
    expect(again).toEqual(one)
    expect(other?.image.hash).not.toBe(one?.image.hash)
  })

  it('gives a task whose picture, options and reference fit together', async () => {
    for (const { name, stem } of kinds) {
      const { image, task } = await makeScene({ seed: 2, kind: name })
      expect(taskSchema.parse(task)).toEqual(task)
      expect(contentHash(image.bytes)).toBe(image.hash)
      expect(await sharp(image.bytes).metadata()).toMatchObject({ width: 2048, height: 1536, format: 'jpeg' })
      const [picture, text] = task.prompt
      expect(picture).toEqual({ type: 'image', hash: image.hash, mime: 'image/jpeg', width: 2048, height: 1536 })
      expect(text).toMatchObject({ type: 'text', text: expect.stringContaining(stem) })
      const line = `${task.reference as string}. ${task.metadata?.answer as string}\n`
      expect(text?.type === 'text' && text.text.includes(line)).toBe(true)
      expect(text?.type === 'text' && text.text.split('\n').filter((row) => /^[A-H]\. /.test(row))).toHaveLength(8)
    }
  }, 60_000)

  it('keeps every mark inside the picture, whatever the seed and the size', async () => {
    for (let seed = 0; seed < 12; seed += 1) {
      const kind = kinds[seed % kinds.length]?.name ?? ''
      const size = seed % 2 === 0 ? { width: 300, height: 900 } : { width: 800, height: 200 }
      const { task } = await makeScene({ seed, kind, ...size })
      const [x1 = -1, y1 = -1, x2 = 1e9, y2 = 1e9] = (task.metadata?.target ?? []) as number[]
      expect(x1 >= 0 && y1 >= 0 && x2 <= size.width && y2 <= size.height).toBe(true)
      expect([x2 - x1, y2 - y1]).toEqual([30, 30])
    }
  })

  it('names the kinds there are when it is asked for another', async () => {
    await expect(makeScene({ seed: 1, kind: 'birds' })).rejects.toThrow('There is no kind "birds". Use one of: colour')
  })
})

describe('sceneTasks', () => {
  it('takes the kinds in turn, and begins a longer list with a shorter one', async () => {
    const size = { width: 320, height: 240 }
    const five = await Array.fromAsync(
      sceneTasks({ seed: 1, count: 5, kinds: ['shape-in-blue', 'notch-right-teal'], ...size }),
    )
    const two = await Array.fromAsync(
      sceneTasks({ seed: 1, count: 2, kinds: ['shape-in-blue', 'notch-right-teal'], ...size }),
    )
    expect(five.slice(0, 2)).toEqual(two)
    expect(five.map(({ task }) => task.metadata?.kind)).toEqual(
      [0, 1, 0, 1, 0].map((index) => ['shape-in-blue', 'notch-right-teal'][index]),
    )
    expect(new Set(five.map(({ task }) => task.id)).size).toBe(5)
  })

  it('makes the plate that is asked for large in two of five rounds, unless one size is asked for', () => {
    const marks = sceneOptions({ seed: 1, count: 80 }).map(({ mark }) => mark)
    expect(marks.filter((mark) => mark === 200)).toHaveLength(32)
    expect(marks.slice(0, 16)).toEqual([...Array(8).fill(200), ...Array(8).fill(undefined)])
    expect(sceneOptions({ seed: 1, count: 80, mark: 40 }).every(({ mark }) => mark === 40)).toBe(true)
  })
})
