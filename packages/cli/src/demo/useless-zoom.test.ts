import { imageZoom } from '@interleave/image-zoom'
import { toToolSchema, type CallResult } from '@interleave/tool'
import { callTool } from '@interleave/tool/testing'
import type { JsonValue } from '@interleave/trajectory'
import { exampleImage } from '@interleave/trajectory/testing'
import { Resvg } from '@resvg/resvg-js'
import { describe, expect, it } from 'vitest'
import { uselessZoom } from './useless-zoom.ts'

const picture = exampleImage({ width: 400, height: 300 })
const [zoom, blind] = [imageZoom(), uselessZoom()]

const call = (tool: typeof zoom, input: JsonValue): Promise<CallResult> => callTool(tool, input, { images: [picture] })

function decoded(png: Uint8Array): { pixels: Uint8Array } {
  const image = `<image width="64" height="64" href="data:image/png;base64,${Buffer.from(png).toString('base64')}"/>`
  return new Resvg(`<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">${image}</svg>`).render()
}

describe('uselessZoom', () => {
  it('has the name, the words and the schema of image zoom', () => {
    expect(toToolSchema(blind)).toEqual(toToolSchema(zoom))
  })

  it.each([
    ['bad_box', { bbox_2d: [300, 100, 100, 300], label: 'swapped' }],
    ['bad_box', { bbox_2d: [1000, 0, 1200, 100], label: 'outside' }],
    ['extreme_aspect', { bbox_2d: [0, 0, 1000, 1], label: 'thin' }],
    ['bad_image_index', { bbox_2d: [0, 0, 10, 10], label: 'no image', img_idx: 7 }],
    ['invalid_input', { bbox_2d: [0, 0, 10], label: 'three numbers' }],
  ])('refuses with the same words: %s %j', async (code, input) => {
    const [own, other] = await Promise.all([call(blind, input), call(zoom, input)])
    expect(own.outcome).toMatchObject({ status: 'error', error: { code } })
    expect(own.outcome.content).toEqual(other.outcome.content)
    expect(own.images).toEqual([])
  })

  it('answers a good box with the words of image zoom and a grey picture that is a part of nothing', async () => {
    const input = { bbox_2d: [250, 500, 500, 750], label: 'mark' }
    const [own, other] = await Promise.all([call(blind, input), call(zoom, input)])
    expect(own.outcome.status).toBe('ok')
    expect(own.outcome.content[0]).toEqual(other.outcome.content[0])
    expect(other.images[0]).toHaveProperty('parent')
    const [shown, ...more] = own.images
    expect(more).toEqual([])
    expect(shown).toMatchObject({ index: 1, mime: 'image/png', width: 64, height: 64 })
    expect(shown).not.toHaveProperty('parent')
    const { pixels } = decoded(shown!.bytes)
    const [grey = 0] = pixels
    expect(grey).toBeGreaterThan(64)
    expect(grey).toBeLessThan(192)
    // Red, green, blue and opacity of each pixel.
    expect(pixels.every((value, index) => value === (index % 4 === 3 ? 255 : grey))).toBe(true)
  })

  it('shows the same whatever the region', async () => {
    const [one, other] = await Promise.all([
      call(blind, { bbox_2d: [0, 0, 500, 500], label: 'a' }),
      call(blind, { bbox_2d: [500, 0, 1000, 900], label: 'b' }),
    ])
    expect(one.images[0]?.hash).toBe(other.images[0]?.hash)
  })
})
