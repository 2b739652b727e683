import { createImage, FaultError, type JsonValue } from '@interleave/trajectory'
import { createToolRunner, toOpenAiStrictTool, toToolSchema, type CallResult } from '@interleave/tool'
import { callTool, toolChecks } from '@interleave/tool/testing'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { pattern, patternImage } from '../__fixtures__/pictures.ts'
import { cropPixels } from '../pixels/pixels.ts'
import { sharp } from '../pixels/vips.ts'
import { imageZoom, type ImageZoom } from './image-zoom.ts'
import { qwen3vl } from './profile.ts'

// Results of a few pixels, so that the tests are quick; the geometry in full is tested in region.test.ts.
const small = imageZoom({ minPixels: 1024, maxPixels: 64 * 64 })
const image = await patternImage(400, 300)
const narrow = await patternImage(4000, 16)

function zoom(input: JsonValue, tool = small): Promise<CallResult> {
  return callTool(tool, input, { images: [image, narrow] })
}

describe('conformance', () => {
  const checks = toolChecks(small, {
    images: [image, narrow],
    examples: [
      { bbox_2d: [100, 100, 300, 300], label: 'mark' },
      { bbox_2d: [0, 0, 1000, 1000], label: 'all', img_idx: 2 },
      { bbox_2d: ['10', 20.5, '3e1', 40], label: '', img_idx: '0' },
    ],
    rejected: [
      { bbox_2d: [300, 100, 100, 300], label: 'swapped' },
      { bbox_2d: [100, 100, 100, 300], label: 'empty' },
      { bbox_2d: [1000, 0, 1200, 100], label: 'outside' },
      { bbox_2d: [0, 0, 1000, 1000], label: 'thin', img_idx: 1 },
      { bbox_2d: [0, 0, 10, 10], label: 'no image', img_idx: 7 },
    ],
  })
  const stateless = new Set([
    'what a rollout set up is released, once',
    'a branch goes on like its source, and apart from it',
  ])
  test.each(checks.filter((check) => !stateless.has(check.name)))('$name', async (check) => {
    await check.run(new AbortController().signal)
  })
})

test('the schema is the one that Qwen3-VL knows', () => {
  const schema = toToolSchema(imageZoom())
  expect(schema.name).toBe('image_zoom_in')
  expect(schema.input).toEqual({
    type: 'object',
    properties: {
      bbox_2d: { type: 'array', items: { type: 'number' }, minItems: 4, maxItems: 4, description: qwen3vl.tool.box },
      label: { type: 'string', description: qwen3vl.tool.label },
      img_idx: { type: 'number', default: 0, description: qwen3vl.tool.image },
    },
    required: ['bbox_2d', 'label'],
    additionalProperties: false,
  })
  expect(toOpenAiStrictTool(schema).function.parameters['required']).toEqual(['bbox_2d', 'label', 'img_idx'])
})

describe('a zoom', () => {
  let result: CallResult
  beforeAll(async () => {
    result = await zoom({ bbox_2d: [250, 500, 500, 750], label: 'mark' })
  })

  test('says which image it made and from what', () => {
    const { outcome } = result
    expect(outcome.value).toEqual({ image: 2, source: 0, box: [100, 150, 200, 225], width: 64, height: 32 })
    expect(outcome.content[0]).toEqual({
      type: 'text',
      text: 'Image 2 is the zoomed region of image 0; to zoom into it use img_idx 2.',
    })
    expect(outcome.content[1]).toMatchObject({ type: 'image', mime: 'image/png', width: 64, height: 32 })
  })

  test('registers the image with its parent and the box that was used', () => {
    expect(result.images).toHaveLength(1)
    expect(result.images[0]).toMatchObject({ index: 2, parent: { hash: image.hash, box: [100, 150, 200, 225] } })
  })

  test('at its own size it holds the very pixels of the region', async () => {
    const exact = imageZoom({ minPixels: 1024, maxPixels: 2 ** 20 })
    const { images } = await zoom({ bbox_2d: [80, 0, 240, 320], label: '' }, exact)
    const { data, info } = await sharp(images[0]?.bytes).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, info.channels]).toEqual([64, 96, 3])
    expect(new Uint8Array(data)).toEqual(cropPixels(pattern(400, 300), [32, 0, 96, 96]).data)
  })

  test('by default it is enlarged to what Qwen3-VL sees as 256 tokens', async () => {
    const { outcome } = await zoom({ bbox_2d: [250, 500, 500, 750], label: 'mark' }, imageZoom())
    expect(outcome.value).toMatchObject({ box: [100, 150, 200, 225], width: 608, height: 448 })
  })

  test('may be JPEG, the same bytes each time', async () => {
    // A tool of its own each time, since one tool would give what it kept.
    const jpeg = (): ImageZoom => imageZoom({ minPixels: 1024, maxPixels: 64 * 64, encoding: 'jpeg' })
    const hashes = await Promise.all(
      [1, 2, 3].map(async () => (await zoom({ bbox_2d: [0, 0, 500, 500], label: '' }, jpeg())).images[0]),
    )
    expect(hashes[0]?.mime).toBe('image/jpeg')
    expect(new Set(hashes.map((made) => made?.hash)).size).toBe(1)
  })

  test('is the same bytes for every rollout that asks, under a parent and an index of its own', async () => {
    const input = { bbox_2d: [100, 100, 400, 400], label: '' }
    const one = (await zoom(input)).images[0]
    const other = (await callTool(small, { ...input, img_idx: 1 }, { images: [narrow, image] })).images[0]
    const early = (await callTool(small, input, { images: [image] })).images[0]
    expect(other?.bytes).toBe(one?.bytes)
    expect(early).toEqual({ ...one, index: 1 })
  })

  test('a zoomed image can be zoomed into again', async () => {
    const { signal } = new AbortController()
    await using session = createToolRunner({ tools: [small] }).open({ id: 'r', seed: 1, signal, images: [image] })
    const call = (input: JsonValue): Promise<CallResult> => session.call({ id: 'c', tool: small.name, raw: '', input })
    await call({ bbox_2d: [0, 0, 500, 500], label: '' })
    const { outcome } = await call({ bbox_2d: [500, 0, 1000, 1000], label: '', img_idx: 1 })
    expect(outcome.value).toMatchObject({ image: 2, source: 1, box: [32, 0, 64, 32] })
    expect([...session.images].map((entry) => entry.parent?.hash)).toEqual([
      undefined,
      image.hash,
      session.images.get(1)?.hash,
    ])
  })
})

describe('reading the arguments', () => {
  const box = [250, 500, 500, 750]
  test.each([
    ['numbers as strings', ['250', ' 500', '5e2', '750.0']],
    ['the list as a string', JSON.stringify(box)],
    ['a list within a list', [box]],
    ['all of it', JSON.stringify([box.map(String)])],
  ])('%s', async (_, bbox_2d) => {
    const { outcome } = await zoom({ bbox_2d, label: '', img_idx: '0' })
    expect(outcome.value).toMatchObject({ box: [100, 150, 200, 225] })
  })

  test.each([
    ['an expression', '[250, 500, 250*2, 750]'],
    ['hexadecimal', ['0xfa', 500, 500, 750]],
    ['an empty string', ['', 500, 500, 750]],
    ['three numbers', [1, 2, 3]],
    ['five numbers', [1, 2, 3, 4, 5]],
    ['an object', { x1: 1, y1: 2, x2: 3, y2: 4 }],
    ['true', [true, 0, 500, 750]],
    ['null', [null, 0, 500, 750]],
    ['infinity', '[1e999, 0, 500, 750]'],
    ['lists deep down', '['.repeat(900)],
    ['a very long string', `[${'1,'.repeat(100_000)}1]`],
    ['code', 'process.exit(1)'],
  ])('%s is not taken for a box', async (_, bbox_2d) => {
    expect((await zoom({ bbox_2d, label: '' })).outcome.error?.code).toBe('invalid_input')
  })
})

describe('what makes no sense gets one sentence', () => {
  test.each([
    [
      { bbox_2d: [500, 0, 250, 750] },
      'bad_box',
      'bbox_2d [500, 0, 250, 750] is empty or has its corners swapped: write [x1, y1, x2, y2] with x1 < x2 and y1 < y2, the top-left corner first.',
    ],
    [{ bbox_2d: [500, 0, 750, 0] }, 'bad_box', 'is empty or has its corners swapped'],
    [
      { bbox_2d: [-20, -20, -10, -10] },
      'bad_box',
      'bbox_2d [-20, -20, -10, -10] covers nothing of the image: coordinates run from 0 to 1000.',
    ],
    [
      { bbox_2d: [0, 0, 1, 1], img_idx: 2 },
      'bad_image_index',
      'img_idx 2 is no image: use a whole number from 0 to 1.',
    ],
    [{ bbox_2d: [0, 0, 1, 1], img_idx: -1 }, 'bad_image_index', 'img_idx -1'],
    [{ bbox_2d: [0, 0, 1, 1], img_idx: 0.5 }, 'bad_image_index', 'img_idx 0.5'],
    [
      { bbox_2d: [0, 0, 1000, 1000], img_idx: 1 },
      'extreme_aspect',
      'more than 200 times as long as it is wide: choose',
    ],
  ])('%j', async (input, code, message) => {
    const { images, outcome } = await zoom({ label: '', ...input })
    expect(outcome.error?.code).toBe(code)
    expect(outcome.error?.message).toContain(message)
    expect(images).toEqual([])
  })

  test('no image at all', async () => {
    const { outcome } = await callTool(small, { bbox_2d: [0, 0, 1, 1], label: '' })
    expect(outcome.error?.message).toBe('img_idx 0 is no image: there are no images.')
  })

  test('a sliver is not magnified without end', async () => {
    const { outcome } = await zoom(
      { bbox_2d: [500, 0, 500.0000000001, 300], label: '' },
      imageZoom({ maxPixels: 300_000 }),
    )
    const area =
      outcome.status === 'ok' ? (outcome.value as { width: number; height: number }) : { width: 0, height: 0 }
    expect(area.width * area.height).toBeLessThanOrEqual(300_000)
  })

  test('any box is answered, and the result keeps to its limits', async () => {
    const coordinate = fc.oneof(fc.integer({ min: -10, max: 1010 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }))
    const check = fc.asyncProperty(fc.array(coordinate, { minLength: 4, maxLength: 4 }), async (bbox_2d) => {
      const { images, outcome } = await zoom({ bbox_2d, label: '' })
      if (outcome.status === 'error') expect(['bad_box', 'extreme_aspect']).toContain(outcome.error?.code)
      for (const { bytes, height, width } of images) {
        const header = await sharp(bytes).metadata()
        expect([header.width, header.height]).toEqual([width, height])
        expect(width * height).toBeLessThanOrEqual(64 * 64)
      }
    })
    await fc.assert(check, { numRuns: 60 })
  })
})

describe('faults of ours', () => {
  test('an image whose bytes cannot be read, or are another size', async () => {
    const damaged = createImage(new Uint8Array([1, 2, 3]), { mime: 'image/png', width: 8, height: 8 })
    const other = createImage(image.bytes, { mime: 'image/png', width: 500, height: 300 })
    const larger = createImage(image.bytes, { mime: 'image/png', width: 8, height: 8 })
    for (const bad of [damaged, other, larger]) {
      const call = callTool(small, { bbox_2d: [0, 0, 1000, 1000], label: '' }, { images: [bad] })
      await expect(call).rejects.toBeInstanceOf(FaultError)
      await expect(call).rejects.toMatchObject({ boundary: 'media', code: 'unreadable_image' })
    }
  })

  test('options that contradict each other', () => {
    expect(() => imageZoom({ minPixels: 100, maxPixels: 10 })).toThrow('1 <= minPixels <= maxPixels')
    expect(imageZoom({ maxPixels: 1024 }).name).toBe('image_zoom_in')
  })
})

test('pictures that are not 8-bit RGB are zoomed all the same', async () => {
  const raw = { raw: { width: 64, height: 64, channels: 4 as const } }
  const alpha = await sharp(new Uint8Array(64 * 64 * 4).fill(0), raw)
    .png()
    .toBuffer()
  const grey = await sharp(alpha).flatten({ background: '#808080' }).toColourspace('b-w').png().toBuffer()
  const deep = await sharp(alpha).flatten({ background: '#808080' }).toColourspace('rgb16').png().toBuffer()
  const cmyk = await sharp(alpha).flatten({ background: '#ffffff' }).toColourspace('cmyk').jpeg().toBuffer()
  const colours = []
  for (const bytes of [alpha, grey, deep, cmyk]) {
    const made = createImage(new Uint8Array(bytes), { mime: 'image/png', width: 64, height: 64 })
    const { images } = await callTool(small, { bbox_2d: [0, 0, 500, 500], label: '' }, { images: [made] })
    const { data } = await sharp(images[0]?.bytes).raw().toBuffer({ resolveWithObject: true })
    colours.push([...data.subarray(0, 3)])
  }
  expect(colours.slice(0, 3)).toEqual([
    [255, 255, 255],
    [128, 128, 128],
    [128, 128, 128],
  ])
  expect(Math.min(...(colours[3] ?? []))).toBeGreaterThan(250)
})
