import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import type { Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { pattern, patternImage } from '../__fixtures__/pictures.ts'
import { sharp } from '../pixels/vips.ts'
import { ImageError } from './image-error.ts'
import { ingestImage } from './ingest-image.ts'

const root = path.resolve(import.meta.dirname, '../../../..')
const { data } = pattern(60, 40)

function picture(): Sharp {
  return sharp(data, { raw: { width: 60, height: 40, channels: 3 } })
}

async function bytesOf(image: Sharp): Promise<Uint8Array> {
  return new Uint8Array(await image.toBuffer())
}

async function errorOf(bytes: Uint8Array, options = {}): Promise<ImageError> {
  return ingestImage(bytes, options).then(
    () => expect.unreachable('was taken'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ImageError)
      return error as ImageError
    },
  )
}

async function firstPixel(bytes: Uint8Array): Promise<number[]> {
  const pixels = await sharp(bytes).raw().toBuffer()
  return [...pixels.subarray(0, 3)]
}

describe('kept byte for byte', () => {
  test.each([
    ['PNG', () => picture().png()],
    ['JPEG', () => picture().jpeg()],
    ['progressive JPEG', () => picture().jpeg({ progressive: true })],
    ['sRGB profile', () => picture().withIccProfile('srgb').png()],
  ])('a plain %s', async (_, make) => {
    const bytes = await bytesOf(make())
    const image = await ingestImage(bytes)
    expect(image.bytes).toBe(bytes)
    expect([image.width, image.height]).toEqual([60, 40])
  })

  test('and again: what ingest made is plain', async () => {
    const once = await ingestImage(await bytesOf(picture().ensureAlpha(0.5).webp()))
    expect(await ingestImage(once.bytes)).toEqual(once)
  })
})

describe('made plain', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i', async (orientation) => {
    const bytes = await bytesOf(
      picture().withMetadata({ orientation }).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }),
    )
    const image = await ingestImage(bytes)
    expect(image.bytes === bytes).toBe(orientation === 1)
    expect([image.width, image.height]).toEqual(orientation < 5 ? [60, 40] : [40, 60])
    const upright = await sharp(bytes).autoOrient().raw().toBuffer()
    const got = await sharp(image.bytes).raw().toBuffer()
    const apart = upright.reduce((sum, value, index) => sum + Math.abs(value - (got[index] ?? 0)), 0) / upright.length
    expect(apart).toBeLessThan(6)
    expect((await sharp(image.bytes).metadata()).orientation ?? 1).toBe(1)
  })

  test('transparency goes on white', async () => {
    const clear = await bytesOf(
      sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } }).png(),
    )
    const image = await ingestImage(clear)
    expect(image.mime).toBe('image/png')
    expect(await firstPixel(image.bytes)).toEqual([255, 255, 255])
  })

  test.each([
    ['16 bits', () => picture().toColourspace('rgb16').png()],
    ['grey', () => picture().toColourspace('b-w').png()],
    ['CMYK', () => picture().toColourspace('cmyk').jpeg()],
    ['another colour profile', () => picture().withIccProfile('p3').png()],
    ['WebP', () => picture().webp()],
    ['GIF', () => picture().gif()],
  ])('%s', async (_, make) => {
    const image = await ingestImage(await bytesOf(make()))
    const header = await sharp(image.bytes).metadata()
    expect(header).toMatchObject({ space: 'srgb', depth: 'uchar', channels: 3, hasAlpha: false, width: 60, height: 40 })
    expect(header.format).toBe(image.mime.replace('image/', ''))
    expect(header.icc).toBeUndefined()
  })

  test('a wide colour keeps its look', async () => {
    // Pure red of the wider space lies outside sRGB, its grey is the same grey.
    const grey = sharp({ create: { width: 8, height: 8, channels: 3, background: '#808080' } })
    const image = await ingestImage(await bytesOf(grey.withIccProfile('p3').png()))
    for (const value of await firstPixel(image.bytes)) expect(Math.abs(value - 128)).toBeLessThan(3)
  })

  test('of a moving GIF, the first frame', async () => {
    const frames = new Uint8Array(8 * 16 * 3).fill(200, 8 * 8 * 3)
    const gif = await bytesOf(
      sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } }).gif({ delay: [10, 10] }),
    )
    expect((await sharp(gif).metadata()).pages).toBe(2)
    const image = await ingestImage(gif)
    expect([image.width, image.height]).toEqual([8, 8])
    expect(await firstPixel(image.bytes)).toEqual([0, 0, 0])
  })
})

describe('refused, with one sentence', () => {
  test.each([
    ['nothing', '', 'empty_image', 'is empty'],
    ['text', 'hello', 'unsupported_format', 'is of no known format'],
    [
      'SVG',
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      'unsupported_format',
      'is SVG, which is not taken; convert it',
    ],
    ['SVG without a header', '\n <svg width="9" height="9"/>', 'unsupported_format', 'is SVG'],
    ['PDF', '%PDF-1.7', 'unsupported_format', 'is PDF'],
    ['HTML', '<!DOCTYPE html><p>not found', 'unsupported_format', 'is HTML'],
    ['a lone signature', '\x89PNG\r\n\x1a\n', 'unreadable_image', 'is damaged or cut short'],
    ['WAV', 'RIFF\0\0\0\0WAVEfmt ', 'unsupported_format', 'no known format'],
  ])('%s', async (_, text, code, message) => {
    const error = await errorOf(Buffer.from(text, 'latin1'), { name: 'scenes.jsonl:3' })
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
    expect(error.message.startsWith('scenes.jsonl:3 ')).toBe(true)
    expect(error.message).not.toContain('\n')
  })

  test('TIFF and AVIF, which libvips could read', async () => {
    expect((await errorOf(await bytesOf(picture().tiff()))).message).toContain('is TIFF')
    expect((await errorOf(await bytesOf(picture().avif({ effort: 0 })))).message).toContain('is AVIF or HEIC')
  })

  test('a bomb, from its header', async () => {
    const bomb = await bytesOf(
      sharp({ create: { width: 16_000, height: 16_000, channels: 3, background: '#000' } })
        .toColourspace('b-w')
        .png({ compressionLevel: 9 }),
    )
    expect(bomb.length).toBeLessThan(1_000_000)
    const error = await errorOf(bomb)
    expect(error.code).toBe('image_too_large')
    expect(error.message).toBe('The image has 16000 x 16000 pixels; at most 100000000 are taken.')
    expect((await errorOf((await patternImage(20, 20)).bytes, { maxPixels: 399 })).code).toBe('image_too_large')
    expect((await errorOf((await patternImage(20, 20)).bytes, { maxBytes: 10 })).code).toBe('image_too_large')
  })

  test('an extreme aspect', async () => {
    const make = (width: number): Promise<Uint8Array> =>
      bytesOf(sharp({ create: { width, height: 2, channels: 3, background: '#123' } }).png())
    expect((await errorOf(await make(401))).code).toBe('extreme_aspect')
    expect((await ingestImage(await make(400))).width).toBe(400)
  })

  test.each(['png', 'jpeg', 'webp', 'gif'] as const)('a %s that breaks off', async (format) => {
    const bytes = await bytesOf(picture().toFormat(format))
    for (const part of [0.3, 0.6, 0.9]) {
      const error = await errorOf(bytes.subarray(0, Math.floor(bytes.length * part)))
      expect(error.code).toBe('unreadable_image')
    }
  })
})

describe('damaged bytes give an image or an ImageError, nothing else', async () => {
  const sources = await Promise.all(
    (['png', 'jpeg', 'webp', 'gif'] as const).map((format) => bytesOf(picture().toFormat(format))),
  )
  const survive = async (bytes: Uint8Array): Promise<void> => {
    const image = await ingestImage(bytes, { maxPixels: 1_000_000 }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(ImageError)
    })
    if (image instanceof Object) expect(image.width * image.height).toBeLessThanOrEqual(1_000_000)
  }

  test('cut anywhere', async () => {
    const check = fc.asyncProperty(
      fc.constantFrom(...sources),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (bytes, part) => survive(bytes.slice(0, Math.floor(part * bytes.length))),
    )
    await fc.assert(check, { numRuns: 100 })
  })

  test('bytes flipped', async () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 })
    const check = fc.asyncProperty(fc.constantFrom(...sources), flips, (source, flips) => {
      const bytes = source.slice()
      for (const [at, mask] of flips) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ mask
      return survive(bytes)
    })
    await fc.assert(check, { numRuns: 150 })
  })

  test('a signature and then anything', async () => {
    const heads = ['\xff\xd8\xff\xe0', '\x89PNG\r\n\x1a\n', 'GIF89a', 'RIFF\xff\0\0\0WEBPVP8 ']
    const check = fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), (head, rest) =>
      survive(new Uint8Array([...Buffer.from(head, 'latin1'), ...rest])),
    )
    await fc.assert(check, { numRuns: 60 })
  })
})

const dataFolder = path.resolve(root, process.env['INTERLEAVE_DATA'] ?? '../shared/data')
const pictures = ['mathvision/images/1.jpg', 'mathvision/images/1000.jpg', 'dynamath/images/trial1-image1.png']

test.skipIf(!existsSync(dataFolder)).each(pictures)(
  'real picture %s (skipped where INTERLEAVE_DATA is absent)',
  async (name) => {
    const bytes = new Uint8Array(readFileSync(path.join(dataFolder, name)))
    const image = await ingestImage(bytes)
    const [before, after] = [await sharp(bytes).metadata(), await sharp(image.bytes).metadata()]
    expect([after.width, after.height]).toEqual([before.width, before.height])
    expect(after).toMatchObject({ space: 'srgb', depth: 'uchar', channels: 3, hasAlpha: false })
  },
)
