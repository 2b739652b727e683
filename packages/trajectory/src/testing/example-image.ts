import { crc32, deflateSync } from 'node:zlib'
import { createImage } from '../create-image.ts'
import type { Image, Media } from '../media.ts'

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

/** A real PNG of one colour, `width` x `height` pixels: the same bytes and hash on every machine. */
export function exampleImage(
  options: { width?: number; height?: number; color?: readonly [number, number, number] } & Pick<
    Media,
    'limits' | 'parent'
  > = {},
): Image {
  const { width = 8, height = 8, color = [200, 30, 30], ...about } = options
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const row = [0, ...Array.from({ length: width }, () => color).flat()]
  const pixels = Buffer.from(Array.from({ length: height }, () => row).flat())
  const bytes = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    // Stored, not compressed: deflate's output may change with the version of zlib.
    chunk('IDAT', deflateSync(pixels, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
  return createImage(new Uint8Array(bytes), { mime: 'image/png', width, height, ...about })
}
