/** Formats that are taken. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif'

const signatures: readonly [format: ImageFormat, at: number, bytes: string][] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['webp', 8, 'WEBP'],
  ['gif', 0, 'GIF8'],
]

/** Well-known formats that are not, so that the message can name them. SVG and PDF are programs more than pictures. */
const refused: readonly [name: string, pattern: RegExp][] = [
  ['SVG', /^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!doctype svg|svg)/i],
  ['PDF', /^%PDF/],
  ['AVIF or HEIC', /^.{4}ftyp/s],
  ['TIFF', /^(?:II\*\0|MM\0\*)/],
  ['BMP', /^BM/],
  ['HTML', /^\s*<(?:!doctype html|html)/i],
]

/** The format of a file by its first bytes; its name is never asked. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const head = headOf(bytes)
  if (head.startsWith('RIFF') && !head.startsWith('WEBP', 8)) return undefined
  return signatures.find(([, at, signature]) => head.startsWith(signature, at))?.[0]
}

/** What a file of no accepted format seems to be. */
export function refusedFormat(bytes: Uint8Array): string | undefined {
  const head = headOf(bytes)
  return refused.find(([, pattern]) => pattern.test(head))?.[0]
}

function headOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 256)).toString('latin1')
}
