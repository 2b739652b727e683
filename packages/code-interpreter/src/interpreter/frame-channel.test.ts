import { duplexPair, type Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame, FrameReader, type Frame } from './frame.ts'
import { FrameChannel } from './frame-channel.ts'

interface Ends {
  readonly channel: FrameChannel
  readonly mine: Duplex
  readonly other: Duplex
  /** The next request, as the other side reads it. */
  readonly request: () => Promise<Frame & { readonly nonce: string }>
}

function connected(maxBytes = 10_000): Ends {
  const [mine, other] = duplexPair()
  other.on('error', () => {})
  const reader = new FrameReader(10_000)
  const requests: Frame[] = []
  other.on('data', (chunk: Uint8Array) => requests.push(...reader.push(chunk)))
  const request: Ends['request'] = async () => {
    while (requests.length === 0) await turn()
    const frame = requests.shift() as Frame
    return { ...frame, nonce: (frame.header as { nonce: string }).nonce }
  }
  return { channel: new FrameChannel(mine, maxBytes), mine, other, request }
}

const settle = async (): Promise<void> => {
  for (let round = 0; round < 5; round += 1) await turn()
}

describe('a reply', () => {
  test('repeats the nonce of its request, which is another one each time', async () => {
    const { channel, other, request } = connected()
    const nonces: string[] = []
    for (const number of [1, 2, 3]) {
      const exchange = channel.exchange({ number }, [Uint8Array.of(number)])
      const { blobs, header, nonce } = await request()
      expect(header).toMatchObject({ number })
      expect(blobs.map((blob) => [...blob])).toEqual([[number]])
      nonces.push(nonce)
      other.write(encodeFrame({ nonce, number }, [Uint8Array.of(7, number)]))
      const end = await exchange
      expect(end).toMatchObject({ kind: 'reply', frame: { header: { number } } })
      if (end.kind === 'reply') expect(end.frame.blobs.map((blob) => [...blob])).toEqual([[7, number]])
    }
    expect(new Set(nonces).size).toBe(3)
    expect(nonces.every((nonce) => nonce.length >= 32)).toBe(true)
    expect(channel.ended).toBeUndefined()
  })

  test('comes in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 1, max: 9 })), async (lengths) => {
        const { channel, other, request } = connected()
        const exchange = channel.exchange({})
        const { nonce } = await request()
        const bytes = encodeFrame({ nonce, text: 'some text' }, [new Uint8Array(20)])
        for (let at = 0; at < bytes.length;) {
          const length = lengths.next().value as number
          other.write(bytes.subarray(at, at + length))
          await turn()
          at += length
        }
        expect(await exchange).toMatchObject({ kind: 'reply', frame: { header: { text: 'some text' } } })
        channel.close()
      }),
      { numRuns: 30 },
    )
  })

  test('half a one, and then nothing: it is still waited for', async () => {
    const { channel, other, request } = connected()
    const exchange = channel.exchange({})
    const { nonce } = await request()
    const bytes = encodeFrame({ nonce })
    other.write(bytes.subarray(0, 9))
    await settle()
    expect(channel.ended).toBeUndefined()
    other.write(bytes.subarray(9))
    expect(await exchange).toMatchObject({ kind: 'reply' })
  })

  test('a second request while one is under way is a mistake of the caller', async () => {
    const { channel } = connected()
    void channel.exchange({})
    expect(() => channel.exchange({})).toThrow('A request is under way')
    channel.close()
  })
})

describe('a violation ends the channel for good', () => {
  /** What becomes of a first and a second exchange when the first request is answered with these bytes. */
  async function answeredWith(bytes: (nonce: string) => Uint8Array, maxBytes?: number) {
    const { channel, mine, other, request } = connected(maxBytes)
    const first = channel.exchange({ number: 1 })
    const { nonce } = await request()
    other.write(bytes(nonce))
    const end = await first
    await settle()
    return { end, next: await channel.exchange({ number: 2 }), closed: mine.destroyed }
  }

  test.each<readonly [string, (nonce: string) => Uint8Array, string]>([
    ['another nonce', () => encodeFrame({ nonce: '0'.repeat(32) }), 'answers another request'],
    ['no nonce', () => encodeFrame({}), 'answers another request'],
    ['a nonce that is no text', () => encodeFrame({ nonce: ['a'] }), 'answers another request'],
    [
      'a header that is null',
      () => Buffer.concat([Uint8Array.of(8, 0, 0, 0, 4, 0, 0, 0), Buffer.from('null')]),
      'another',
    ],
    ['bytes that are no frame', () => Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), 'a frame says it is'],
  ])('%s', async (_, bytes, reason) => {
    const { closed, end, next } = await answeredWith(bytes)
    expect(end).toEqual({ kind: 'violation', reason: expect.stringContaining(reason) as string })
    expect(next).toBe(end)
    expect(closed).toBe(true)
  })

  test('a reply that is too long, from its length alone', async () => {
    const { end } = await answeredWith((nonce) => encodeFrame({ nonce }, [new Uint8Array(200)]).subarray(0, 4), 100)
    expect(end).toMatchObject({ kind: 'violation' })
  })

  test.each<readonly [string, (nonce: string) => Uint8Array]>([
    ['two replies at once', (nonce) => Buffer.concat([encodeFrame({ nonce }), encodeFrame({ nonce })])],
    ['a byte after the reply', (nonce) => Buffer.concat([encodeFrame({ nonce }), Uint8Array.of(0)])],
  ])('%s: the reply counts, and nothing after it', async (_, bytes) => {
    const { closed, end, next } = await answeredWith(bytes)
    expect(end).toMatchObject({ kind: 'reply' })
    expect(next).toMatchObject({ kind: 'violation' })
    expect(closed).toBe(true)
  })

  test('a byte while nobody asked', async () => {
    const { channel, other } = connected()
    other.write(Uint8Array.of(0))
    await settle()
    expect(channel.ended).toMatchObject({ kind: 'violation', reason: 'bytes that nobody asked for' })
  })

  test('a late answer is not taken for that of the next request', async () => {
    const { channel, other, request } = connected()
    const first = channel.exchange({ number: 1 })
    const { nonce } = await request()
    other.write(encodeFrame({ nonce, number: 1 }))
    await first
    const second = channel.exchange({ number: 2 })
    await request()
    other.write(encodeFrame({ nonce, number: 1 }))
    expect(await second).toMatchObject({ kind: 'violation' })
  })

  test('whatever is sent: a reply is the one with the nonce, else the channel ends and no promise is left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.boolean(), async (noise, replyFirst) => {
        const { channel, other, request } = connected()
        const exchange = channel.exchange({})
        const { nonce } = await request()
        if (replyFirst) other.write(encodeFrame({ nonce, right: true }))
        other.write(noise)
        other.end()
        const end = await exchange
        if (end.kind === 'reply') expect(end.frame.header).toEqual({ nonce, right: true })
        await settle()
        expect(channel.ended).toBeDefined()
      }),
      { numRuns: 200 },
    )
  })
})

describe('the other side is gone', () => {
  test('while it was waited for', async () => {
    const { channel, other, request } = connected()
    const exchange = channel.exchange({})
    await request()
    other.end()
    expect(await exchange).toEqual({ kind: 'closed' })
    expect(await channel.exchange({})).toEqual({ kind: 'closed' })
  })

  test('in the middle of a reply', async () => {
    const { channel, other, request } = connected()
    const exchange = channel.exchange({})
    const { nonce } = await request()
    other.end(encodeFrame({ nonce }).subarray(0, 20))
    expect(await exchange).toEqual({ kind: 'closed' })
  })

  test('with an error of the connection', async () => {
    const { channel, mine } = connected()
    const exchange = channel.exchange({})
    mine.destroy(new Error('ECONNRESET'))
    expect(await exchange).toEqual({ kind: 'closed' })
  })

  test('or was hung up on', async () => {
    const { channel, mine } = connected()
    const exchange = channel.exchange({})
    channel.close()
    expect(await exchange).toEqual({ kind: 'closed' })
    expect(mine.destroyed).toBe(true)
  })
})
