import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { answersOf, kinds } from '../kinds.ts'
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
    for await (const { image, task } of sceneTasks({ seed: 31, count })) {
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

async function crop(
  bytes: Uint8Array,
  column: number,
  row: number,
): Promise<{ bytes: Uint8Array; hash: string; width: number; height: number }> {
  const left = Math.max(0, column * 256 - 16)
  const top = Math.max(0, row * 256 - 16)
  const width = Math.min(2048, column * 256 + 272) - left
  const height = Math.min(1536, row * 256 + 272) - top
  return { bytes: await sharp(bytes).extract({ left, top, width, height }).png().toBuffer(), hash: 'x', width, height }
}
