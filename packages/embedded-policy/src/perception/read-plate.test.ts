import sharp, { type Region } from 'sharp'
import { describe, expect, it } from 'vitest'
import { answersOf, kinds, type Kind } from '../kinds.ts'
import { makeScene, type Scene } from '../scene/make-scene.ts'
import { sceneTasks } from '../scene/scene-tasks.ts'
import { look, lookFeatures } from './look.ts'
import { readPlate } from './read-plate.ts'
import { encodeView } from './view.ts'

const count = 48

describe('perception', () => {
  it('reads a mark after a good zoom and not before, but has a faint idea of where it is', async () => {
    const right = { zoomed: 0, whole: 0, elsewhere: 0 }
    const clarity = { zoomed: 0, whole: 0, elsewhere: 0 }
    let found = 0
    for await (const { image, task } of sceneTasks({ seed: 31, count, mark: 30 })) {
      const kind = kinds.find(({ name }) => name === task.metadata?.kind)
      if (kind === undefined) throw new Error('a scene without a kind')
      const [x = 0, y = 0] = (task.metadata?.target ?? []) as number[]
      const patch = { column: Math.floor((x + 15) / 256), row: Math.floor((y + 15) / 256) }
      const views = {
        whole: image,
        zoomed: await crop(image.bytes, patch.column, patch.row),
        elsewhere: await crop(image.bytes, (patch.column + 4) % 8, (patch.row + 3) % 6),
      }
      for (const name of ['zoomed', 'whole', 'elsewhere'] as const) {
        const reading = readPlate(await encodeView(views[name]), kind)
        const best = reading.match.indexOf(Math.max(...reading.match))
        if (reading.clarity > 0 && answersOf(kind)[best] === task.metadata?.answer) right[name] += 1
        clarity[name] += reading.clarity / count
      }
      const view = await encodeView(image)
      const side = { frame: 'here', right: 'left', below: 'above' }[kind.placement]
      const features = look(view)
      const at = lookFeatures.indexOf(`${kind.cue}-${side}`)
      const seen = Array.from({ length: 48 }, (_, index) => features[index * lookFeatures.length + at] ?? 0)
      const here = seen[patch.row * 8 + patch.column] ?? 0
      if (seen.filter((value) => value > here).length < 5) found += 1
    }
    expect(right.zoomed / count).toBeGreaterThan(0.85)
    expect(right.whole / count).toBeLessThan(0.25)
    expect(right.elsewhere / count).toBeLessThan(0.25)
    expect(clarity.zoomed).toBeGreaterThan(0.6)
    expect(clarity.whole).toBeLessThan(0.2)
    expect(clarity.elsewhere).toBeLessThan(0.3)
    // Five of 48 patches would hold it by chance in one scene of ten.
    expect(found / count).toBeGreaterThan(0.6)
  }, 60_000)

  it.each(kinds)(
    'reads $name whatever the zoom leaves around the mark',
    async (kind) => {
      const rates: number[] = []
      const scenes = await Promise.all([700, 701, 702, 703].map((seed) => makeScene({ seed, kind: kind.name })))
      for (const around of [5, 7, 10, 14, 20, 28, 40, 55, 70, 90, 105, 120]) {
        const right = await Promise.all(
          scenes.map(async (scene) => {
            const { height, width } = scene.image
            const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = (scene.task.metadata?.target ?? []) as number[]
            const [left, top] = [Math.max(0, x1 - around), Math.max(0, y1 - around)]
            const size = { width: Math.min(width, x2 + around) - left, height: Math.min(height, y2 + around) - top }
            return readsRight(kind, scene, { ...size, ...(await cut(scene.image.bytes, { left, top, ...size })) })
          }),
        )
        rates.push(right.filter(Boolean).length / right.length)
      }
      // On average, and no hole at any of them.
      expect(rates.reduce((sum, rate) => sum + rate, 0) / rates.length).toBeGreaterThanOrEqual(0.9)
      expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.5)
    },
    60_000,
  )

  it('reads large framed marks without a zoom, and no smaller ones', async () => {
    const right = { 110: 0, 220: 0 }
    const clarity = { 110: 0, 220: 0 }
    const framed = kinds.filter(({ placement }) => placement === 'frame')
    for (const kind of framed)
      for (const mark of [110, 220] as const)
        for (const seed of [1, 2, 3]) {
          const scene = await makeScene({ seed, kind: kind.name, mark })
          if (await readsRight(kind, scene, scene.image)) right[mark] += 1 / (3 * framed.length)
          clarity[mark] += readPlate(await encodeView(scene.image), kind).clarity / (3 * framed.length)
        }
    expect(right[220]).toBeGreaterThan(0.7)
    expect(clarity[220]).toBeGreaterThan(0.6)
    expect(clarity[110]).toBeLessThan(0.1)
  }, 60_000)

  it('sees no more than the encoder resolution', async () => {
    const bytes = await sharp({ create: { width: 400, height: 100, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const view = await encodeView({ bytes, hash: 'x', width: 400, height: 100 })
    expect(view).toMatchObject({ columns: 8, rows: 2, width: 64, height: 16 })
    expect([...view.pixels.subarray(0, 3)]).toEqual([255, 0, 0])
    expect(view.pixels).toHaveLength(64 * 16 * 3)
  })
})

type Bytes = Parameters<typeof encodeView>[0]

async function readsRight(kind: Kind, { task }: Scene, image: Bytes): Promise<boolean> {
  const { clarity, match } = readPlate(await encodeView(image), kind)
  return clarity > 0 && answersOf(kind)[match.indexOf(Math.max(...match))] === task.metadata?.answer
}

async function crop(bytes: Uint8Array, column: number, row: number): Promise<Bytes> {
  const [left, top] = [Math.max(0, column * 256 - 16), Math.max(0, row * 256 - 16)]
  const width = Math.min(2048, column * 256 + 272) - left
  const height = Math.min(1536, row * 256 + 272) - top
  return { width, height, ...(await cut(bytes, { left, top, width, height })) }
}

async function cut(bytes: Uint8Array, box: Region): Promise<Pick<Bytes, 'bytes' | 'hash'>> {
  return { bytes: await sharp(bytes).extract(box).png({ compressionLevel: 1 }).toBuffer(), hash: 'x' }
}
