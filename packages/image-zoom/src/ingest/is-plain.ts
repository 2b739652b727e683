import type { Metadata } from 'sharp'
import type { ImageFormat } from './image-format.ts'

/** Whether an image needs nothing done: JPEG or PNG, 8-bit sRGB in three channels, opaque, upright. */
export function isPlain(header: Metadata, format: ImageFormat, bytes: Uint8Array): boolean {
  if (format !== 'jpeg' && !(format === 'png' && !isAnimated(bytes))) return false
  const { channels, depth, hasAlpha, icc, orientation = 1, space } = header
  return (
    space === 'srgb' &&
    depth === 'uchar' &&
    channels === 3 &&
    !hasAlpha &&
    orientation === 1 &&
    (icc === undefined || isSrgb(icc))
  )
}

/** Colour profiles name what they describe, in 8-bit or 16-bit characters; anything but sRGB is converted. */
function isSrgb(profile: Uint8Array): boolean {
  return Buffer.from(profile.buffer, profile.byteOffset, profile.byteLength)
    .toString('latin1')
    .replaceAll('\0', '')
    .includes('sRGB')
}

// An animated PNG shows one picture to one reader and many to another.
function isAnimated(png: Uint8Array): boolean {
  return Buffer.from(png.buffer, png.byteOffset, Math.min(png.byteLength, 4_096)).includes('acTL')
}
