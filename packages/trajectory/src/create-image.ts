import { contentHash } from './content-hash.ts'
import type { Image, Media } from './media.ts'

/** An image in memory from its encoded bytes, named by their SHA-256. Nothing is decoded: mime and size are the caller's word. */
export function createImage(bytes: Uint8Array, about: Omit<Media, 'hash' | 'data'>): Image {
  return { hash: contentHash(bytes), ...about, bytes }
}

/** The record of an image for a trajectory's media table, its bytes left out. */
export function mediaOf(image: Image): Media {
  const { bytes: _bytes, ...media } = image
  return media
}
