import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame, FrameError, FrameReader, type Frame } from './frame.ts'

const cap = 4096
const headers = fc.dictionary(
  fc.string({ maxLength: 8 }).filter((key) => key !== 'blobs' && key !== '__proto__'),
  fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.integer(), fc.boolean(), fc.constant(null)),
  { maxKeys: 4 },
)
const frames = fc.record({ header: headers, blobs: fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }) })
const cuts = fc.infiniteStream(fc.integer({ min: 0, max: 40 }))

function* inChunks(bytes: Buffer, lengths: Iterable<number>): Generator<Uint8Array> {
  let at = 0
  for (const length of lengths) {
    if (at >= bytes.length) return
    yield bytes.subarray(at, at + length)
    at += length
  }
}

/** What a reader makes of bytes, up to the first that are no frame. */
function readAll(bytes: Buffer, lengths: Iterable<number>): { read: Frame[]; error?: unknown; held: number } {
  const reader = new FrameReader(cap)
  const read: Frame[] = []
  try {
    for (const chunk of inChunks(bytes, lengths)) read.push(...reader.push(chunk))
    return { read, held: reader.held }
  } catch (error) {
    return { read, error, held: reader.held }
  }
}

const plain = (frame: { header: unknown; blobs: readonly Uint8Array[] }): unknown => {
  const { blobs: _, ...header } = frame.header as Record<string, unknown>
  return { header: JSON.parse(JSON.stringify(header)) as unknown, blobs: frame.blobs.map((blob) => [...blob]) }
}

describe('round trip', () => {
  test('any frames, in any chunks, come out as they went in, and nothing is left', () => {
    fc.assert(
      fc.property(fc.array(frames, { maxLength: 5 }), cuts, (sent, lengths) => {
        const bytes = Buffer.concat(sent.map(({ header, blobs }) => encodeFrame(header, blobs)))
        const { error, held, read } = readAll(bytes, lengths)
        expect(error).toBeUndefined()
        expect(read.map(plain)).toEqual(sent.map(plain))
        expect(held).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  test('byte for byte, a frame comes with its last byte and not before', () => {
    const bytes = encodeFrame({ a: 'é' }, [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)])
    const reader = new FrameReader(cap)
    const counts = Array.from(bytes, (_, at) => reader.push(bytes.subarray(at, at + 1)).length)
    expect(counts.slice(0, -1).every((count) => count === 0)).toBe(true)
    expect(counts.at(-1)).toBe(1)
  })

  test('what a chunk brings of the next frame is kept for it', () => {
    const [one, two] = [encodeFrame({ number: 1 }), encodeFrame({ number: 2 })]
    const reader = new FrameReader(cap)
    const first = reader.push(Buffer.concat([one, two.subarray(0, 3)]))
    expect(first.map(({ header }) => header)).toEqual([{ number: 1 }])
    expect(reader.held).toBe(3)
    expect(reader.push(two.subarray(3)).map(({ header }) => header)).toEqual([{ number: 2 }])
  })

  test('the layout is what python/interleave_sandbox/frames.py reads', () => {
    const lengths = Buffer.of(24, 0, 0, 0, 19, 0, 0, 0)
    expect(encodeFrame({ a: 1 }, [Uint8Array.of(9)])).toEqual(
      Buffer.concat([lengths, Buffer.from('{"a":1,"blobs":[1]}'), Buffer.of(9)]),
    )
  })
})

/** A frame with the lengths as given, true or not. */
function rawFrame(header: string, blobs: readonly number[] = [], total?: number, headerLength?: number): Buffer {
  const text = Buffer.from(header)
  const bytes = Buffer.concat([Buffer.alloc(8), text, Buffer.from(blobs)])
  bytes.writeUInt32LE(total ?? bytes.length - 4, 0)
  bytes.writeUInt32LE(headerLength ?? text.length, 4)
  return bytes
}

describe('no frame', () => {
  test.each<readonly [string, Buffer]>([
    ['too long', rawFrame('{}', [], cap + 1)],
    ['as long as 32 bits can say', rawFrame('{}', [], 0xffff_ffff)],
    ['no room for the length of the header', rawFrame('{}', [], 3)],
    ['empty', rawFrame('{}', [], 0)],
    ['a header longer than the frame', rawFrame('{}', [], 6, 3)],
    ['a header as long as 32 bits can say', rawFrame('{}', [], 6, 0xffff_ffff)],
    ['a header that is not JSON', rawFrame('{')],
    ['no header', rawFrame('')],
    ['`blobs` that is no list', rawFrame('{"blobs":1}')],
    ['`blobs` that is an object', rawFrame('{"blobs":{"length":1,"0":1}}', [1])],
    ['a blob longer than the frame', rawFrame('{"blobs":[2]}', [1])],
    ['a blob of negative length', rawFrame('{"blobs":[-1,2]}', [1])],
    ['a blob of half a byte', rawFrame('{"blobs":[0.5]}', [1])],
    ['a blob whose length is no number', rawFrame('{"blobs":["1"]}', [1])],
    ['blobs that overflow', rawFrame('{"blobs":[9007199254740991,9007199254740991]}', [1])],
    ['bytes after the last blob', rawFrame('{"blobs":[1]}', [1, 2])],
    ['bytes after the header', rawFrame('{}', [1])],
  ])('%s', (_, bytes) => {
    expect(() => new FrameReader(cap).push(bytes)).toThrow(FrameError)
  })

  test('too long is told from the length alone', () => {
    const reader = new FrameReader(cap)
    reader.push(Uint8Array.of(1, 16, 0))
    expect(() => reader.push(Uint8Array.of(0))).toThrow('a frame says it is 4097 bytes long')
  })

  test('a header so long that it would fill the memory as objects, even where the frame may be longer', () => {
    const bytes = rawFrame(`[${'{},'.repeat(1.5 * 2 ** 20)}{}]`)
    expect(() => new FrameReader(2 ** 26).push(bytes)).toThrow('a header is longer than 4194304 bytes')
  })

  test('a header that is no object is a frame, for the receiver to judge', () => {
    expect(new FrameReader(cap).push(rawFrame('null'))).toEqual([{ header: null, blobs: [] }])
  })
})

describe('fuzz', () => {
  test('random bytes give frames or a FrameError, and nothing beyond the cap is held', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), cuts, (bytes, lengths) => {
        const { error, held } = readAll(Buffer.from(bytes), lengths)
        if (error !== undefined) expect(error).toBeInstanceOf(FrameError)
        else expect(held).toBeLessThan(cap + 4)
      }),
      { numRuns: 2000 },
    )
  })

  test('mutated frames give what was sent up to the first changed byte, then frames or a FrameError', () => {
    const change = fc.record({ at: fc.nat(), kind: fc.constantFrom('set', 'drop', 'insert'), value: fc.nat(255) })
    fc.assert(
      fc.property(
        fc.array(frames, { minLength: 1, maxLength: 4 }),
        change,
        cuts,
        (sent, { at, kind, value }, lengths) => {
          const whole = sent.map(({ header, blobs }) => encodeFrame(header, blobs))
          const bytes = Array.from(Buffer.concat(whole))
          const place = at % bytes.length
          bytes.splice(place, kind === 'insert' ? 0 : 1, ...(kind === 'drop' ? [] : [value]))
          const { error, read } = readAll(Buffer.from(bytes), lengths)
          let start = 0
          const untouched = whole.filter((frame) => (start += frame.length) <= place).length
          if (error !== undefined) expect(error).toBeInstanceOf(FrameError)
          else expect(read.length).toBeGreaterThanOrEqual(untouched)
          const kept = Math.min(untouched, read.length)
          expect(read.slice(0, kept).map(plain)).toEqual(sent.slice(0, kept).map(plain))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('a length without its bytes takes no memory', () => {
    const before = process.memoryUsage().arrayBuffers
    const readers = Array.from({ length: 200 }, () => {
      const reader = new FrameReader(64 * 2 ** 20)
      reader.push(Uint8Array.of(0, 0, 0, 4, 1, 0))
      return reader
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 2 ** 20)
    expect(readers.every(({ held }) => held === 6)).toBe(true)
  })
})
