import { crc32, inflateSync } from 'node:zlib'

/** Width and height of a picture, in pixels. */
export interface PngSize {
  readonly width: number
  readonly height: number
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
// Samples per pixel of grey, colour, grey with alpha, colour with alpha.
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 }
// Each line begins with the number of its filter.
const lastFilter = 4

/**
 * The size of a PNG file that came out of a sandbox, or undefined for anything that is not a whole, plain one: every chunk with
 * the right checksum, eight bits a sample, not interlaced, and exactly as many pixels inside as its header says. Unpacks no
 * more than that, so that a small file cannot fill the memory. PNG specification, third edition, sections 5 and 7.
 */
export function pngSize(bytes: Uint8Array, maxPixels: number): PngSize | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!file.subarray(0, 8).equals(signature)) return undefined
  const data: Buffer[] = []
  let header: Buffer | undefined
  let last = ''
  for (let at = 8; at + 12 <= file.length;) {
    const length = file.readUInt32BE(at)
    const end = at + 12 + length
    if (end > file.length || crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4)) return undefined
    const kind = file.toString('latin1', at + 4, at + 8)
    const body = file.subarray(at + 8, end - 4)
    if ((header === undefined) !== (kind === 'IHDR')) return undefined
    if (kind === 'IHDR' && length === 13) header = body
    else if (kind === 'IDAT' && (data.length === 0 || last === 'IDAT')) data.push(body)
    else if (kind === 'IEND')
      return header !== undefined && end === file.length ? sizeIn(header, data, maxPixels) : undefined
    // Chunks that a reader may pass over have a small letter first.
    else if (kind !== 'PLTE' && !/^[a-z]/.test(kind)) return undefined
    last = kind
    at = end
  }
  return undefined
}

function sizeIn(header: Buffer, data: readonly Buffer[], maxPixels: number): PngSize | undefined {
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const [depth, colour, compression, filter, interlace] = header.subarray(8)
  const perPixel = samples[colour ?? -1]
  if (perPixel === undefined || depth !== 8 || compression !== 0 || filter !== 0 || interlace !== 0) return undefined
  if (width === 0 || height === 0 || width * height > maxPixels) return undefined
  const line = 1 + width * perPixel
  try {
    const pixels = inflateSync(Buffer.concat(data), { maxOutputLength: height * line })
    if (pixels.length !== height * line) return undefined
    for (let at = 0; at < pixels.length; at += line) if ((pixels[at] ?? 0) > lastFilter) return undefined
    return { width, height }
  } catch {
    return undefined
  }
}
