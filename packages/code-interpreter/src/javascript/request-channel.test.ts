import { Duplex } from 'node:stream'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeFrame, FrameReader } from '../interpreter/frame.ts'
import { RequestChannel } from './request-channel.ts'

interface Asked {
  readonly nonce: string
  readonly n: number
}

/** A channel, what was asked through it, and a way to send it bytes. */
function open(): { channel: RequestChannel; asked: Asked[]; send: (bytes: Uint8Array) => void; ends: string[] } {
  const asked: Asked[] = []
  const ends: string[] = []
  const reader = new FrameReader(1000)
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      for (const { header } of reader.push(chunk)) asked.push(header as Asked)
      done()
    },
  })
  const channel = new RequestChannel(stream, 1000, ({ kind }) => ends.push(kind))
  return { channel, asked, send: (bytes) => void stream.push(bytes), ends }
}

it('gives each request its own reply, in whatever order and pieces they come', async () => {
  const orders = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 })
  await fc.assert(
    fc.asyncProperty(orders, fc.integer({ min: 1, max: 40 }), async (order, size) => {
      const { channel, asked, send, ends } = open()
      const replies = Promise.all([0, 1, 2, 3].map((n) => channel.request({ n })))
      const bytes = Buffer.concat(order.map((at) => encodeFrame({ ...(asked[at] as Asked), reply: at })))
      for (let at = 0; at < bytes.length; at += size) send(bytes.subarray(at, at + size))
      for (const [n, exchange] of (await replies).entries())
        expect(exchange).toMatchObject({ kind: 'reply', frame: { header: { n, reply: n } } })
      expect([channel.waiting, ends]).toEqual([0, []])
    }),
  )
})

it('closes for all at any bytes that are no reply', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 60 }), async (bytes) => {
      const { channel, send, ends } = open()
      const waiting = [channel.request({}), channel.request({})]
      // A length that is allowed could wait for more.
      send(Uint8Array.from([255, 255, 255, 255, ...bytes]))
      expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['violation', 'violation'])
      expect((await channel.request({})).kind).toBe('violation')
      expect(ends).toEqual(['violation'])
    }),
  )
})

it('closes at a byte while nobody waits', async () => {
  const { channel, asked, send } = open()
  const first = channel.request({})
  send(encodeFrame({ nonce: asked[0]?.nonce }))
  expect((await first).kind).toBe('reply')
  send(Uint8Array.from([1]))
  await new Promise((resolve) => setImmediate(resolve))
  expect((await channel.request({})).kind).toBe('violation')
})
