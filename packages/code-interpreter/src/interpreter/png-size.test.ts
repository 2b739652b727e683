import { deflateSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makePng, pngChunk, pngFile, pngHeader, pngLines } from '../__fixtures__/make-png.ts'
import { pngSize } from './png-size.ts'

const most = 10_000
const small = { width: 3, height: 2 }
const header = pngHeader(small)
const data = pngChunk('IDAT', deflateSync(pngLines(small)))
const end = pngChunk('IEND', Buffer.alloc(0))

describe('a whole file', () => {
  test.each([
    ['grey', 0],
    ['colour', 2],
    ['grey with alpha', 4],
    ['colour with alpha', 6],
  ])('%s', (_, colour) => {
    expect(pngSize(makePng({ ...small, colour }), most)).toEqual(small)
  })

  test('of any size', () => {
    const side = fc.integer({ min: 1, max: 60 })
    fc.assert(
      fc.property(side, side, fc.constantFrom(0, 2, 4, 6), (width, height, colour) => {
        expect(pngSize(makePng({ width, height, colour }), most)).toEqual({ width, height })
      }),
    )
  })

  test('with further chunks, and its pixels in several', () => {
    const packed = deflateSync(pngLines(small))
    const text = pngChunk('tEXt', Buffer.from('Title\0a'))
    const parts = [packed.subarray(0, 5), packed.subarray(5)].map((part) => pngChunk('IDAT', part))
    expect(pngSize(pngFile(header, text, ...parts, text, end), most)).toEqual(small)
  })

  test('that lies in a larger piece of memory', () => {
    const file = makePng(small)
    const around = Buffer.concat([Buffer.alloc(5, 0xff), file, Buffer.alloc(5, 0xff)])
    expect(pngSize(new Uint8Array(around.buffer, around.byteOffset + 5, file.length), most)).toEqual(small)
  })
})

describe('refused', () => {
  test.each<readonly [string, Buffer]>([
    ['no bytes', Buffer.alloc(0)],
    ['the signature alone', pngFile()],
    ['another format', Buffer.from('GIF89a and something after it, long enough to be a picture')],
    ['16 bits a sample', makePng({ ...small, depth: 16 })],
    ['1 bit a sample', makePng({ ...small, colour: 0, depth: 1 })],
    ['a palette', makePng({ ...small, colour: 3 })],
    ['interlaced', makePng({ ...small, interlace: 1 })],
    ['an unknown kind of colour', pngFile(pngHeader({ ...small, colour: 5 }), data, end)],
    ['no width', pngFile(pngHeader({ ...small, width: 0 }), data, end)],
    ['no height', pngFile(pngHeader({ ...small, height: 0 }), data, end)],
    ['no header', pngFile(data, end)],
    ['the header not first', pngFile(data, header, end)],
    ['two headers', pngFile(header, pngHeader({ width: 1, height: 1 }), data, end)],
    ['a header of another length', pngFile(pngChunk('IHDR', Buffer.alloc(12)), data, end)],
    ['pixels in two places', pngFile(header, data, pngChunk('tEXt', Buffer.from('a')), data, end)],
    ['an unknown chunk that a reader may not pass over', pngFile(header, pngChunk('ABCD', Buffer.alloc(1)), data, end)],
    ['no pixels', pngFile(header, end)],
    ['no end', pngFile(header, data)],
    ['bytes after the end', Buffer.concat([makePng(small), Buffer.from([0])])],
    ['a line too few', pngFile(pngHeader({ width: 3, height: 3 }), data, end)],
    ['a line too many', pngFile(pngHeader({ width: 3, height: 1 }), data, end)],
    ['pixels that are not packed', pngFile(header, pngChunk('IDAT', pngLines(small)), end)],
    ['a line with an unknown filter', pngFile(header, pngChunk('IDAT', deflateSync(Buffer.alloc(20, 9))), end)],
    ['more pixels than allowed', makePng({ width: 101, height: 100 })],
  ])('%s', (_, file) => {
    expect(pngSize(file, most)).toBeUndefined()
  })

  test('a small file that would fill the memory, without unpacking it', () => {
    const bomb = pngChunk('IDAT', deflateSync(Buffer.alloc(100 * 2 ** 20)))
    const before = process.memoryUsage().arrayBuffers
    expect(pngSize(pngFile(header, bomb, end), most)).toBeUndefined()
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 2 ** 20)
  })

  test('a size that only says it is small: 2^31 squared does not wrap around', () => {
    expect(pngSize(pngFile(pngHeader({ width: 2 ** 31, height: 2 ** 31 }), data, end), most)).toBeUndefined()
  })

  test('a chunk that says it is longer than its file', () => {
    const file = makePng(small)
    file.writeUInt32BE(0xffff_ffff, 8)
    expect(pngSize(file, most)).toBeUndefined()
  })

  test('every beginning of a file', () => {
    const file = makePng(small)
    for (let length = 0; length < file.length; length += 1)
      expect(pngSize(file.subarray(0, length), most)).toBeUndefined()
  })
})

describe('whatever the bytes', () => {
  test('a flipped byte is refused, since each is under a checksum or part of the frame around it', () => {
    const file = makePng({ width: 9, height: 5, colour: 6 })
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(file)
        changed[at] = (changed[at] ?? 0) ^ change
        expect(pngSize(changed, most)).toBeUndefined()
      }),
      { numRuns: 1000 },
    )
  })

  test('right checksums around random content give no size but the true one, and never an exception', () => {
    const body = fc.uint8Array({ maxLength: 40 })
    const chunk = fc.tuple(fc.constantFrom('IHDR', 'IDAT', 'IEND', 'PLTE', 'tEXt'), body)
    const good = fc.constantFrom(header, data, end)
    const some = fc.oneof(
      good,
      chunk.map(([kind, content]) => pngChunk(kind, content)),
    )
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), (chunks) => {
        const size = pngSize(pngFile(...chunks), most)
        if (size !== undefined) expect(size).toEqual(small)
      }),
      { numRuns: 1000 },
    )
  })
})
