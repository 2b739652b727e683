import { crc32, deflateSync } from 'node:zlib'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A chunk of a PNG file, with the right checksum. */
export function pngChunk(kind: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body])
  const bytes = Buffer.alloc(named.length + 8)
  bytes.writeUInt32BE(body.length, 0)
  bytes.set(named, 4)
  bytes.writeUInt32BE(crc32(named), named.length + 4)
  return bytes
}

export function pngFile(...chunks: readonly Uint8Array[]): Buffer {
  return Buffer.concat([signature, ...chunks])
}

export interface PngShape {
  readonly width: number
  readonly height: number
  /** 0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha. */
  readonly colour?: number
  readonly depth?: number
  readonly interlace?: number
}

export function pngHeader({ colour = 2, depth = 8, height, interlace = 0, width }: PngShape): Buffer {
  const body = Buffer.alloc(13)
  body.writeUInt32BE(width, 0)
  body.writeUInt32BE(height, 4)
  body.set([depth, colour, 0, 0, interlace], 8)
  return pngChunk('IHDR', body)
}

const samples = [1, 0, 3, 1, 2, 0, 4]

/** The lines of a picture as they stand in a PNG file before they are packed, all with filter 0. */
export function pngLines({ colour = 2, depth = 8, height, width }: PngShape): Buffer {
  const line = 1 + Math.ceil((width * (samples[colour] ?? 0) * depth) / 8)
  return Buffer.from(Array.from({ length: line * height }, (_, at) => (at % line === 0 ? 0 : (at * 37) % 256)))
}

/** A whole PNG file of that shape. */
export function makePng(shape: PngShape): Buffer {
  const palette = shape.colour === 3 ? [pngChunk('PLTE', Buffer.alloc(3 * 256))] : []
  const data = pngChunk('IDAT', deflateSync(pngLines(shape)))
  return pngFile(pngHeader(shape), ...palette, data, pngChunk('IEND', Buffer.alloc(0)))
}
