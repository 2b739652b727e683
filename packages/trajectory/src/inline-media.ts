import { FaultError } from './fault.ts'
import type { MediaStore } from './media-store.ts'
import type { Media } from './media.ts'
import type { Trajectory } from './trajectory.ts'
import { verifyBytes } from './verify-bytes.ts'

/** The bytes that a media record carries in `data`, checked against its hash. Throws `media_missing` where it carries none. */
export function inlineBytes(media: Media): Uint8Array {
  if (media.data === undefined)
    throw new FaultError('media', 'media_missing', `Image ${media.hash} is not carried by the trajectory itself.`)
  return verifyBytes(media.hash, Buffer.from(media.data, 'base64'), 'in the trajectory')
}

/** A copy of a trajectory that carries the bytes of all its images in itself, as base64. */
export async function inlineMedia(trajectory: Trajectory, store: MediaStore): Promise<Trajectory> {
  const media: Media[] = []
  for (const record of trajectory.media) {
    const bytes = record.data === undefined ? await store.get(record) : inlineBytes(record)
    media.push({ ...record, data: Buffer.from(bytes).toString('base64') })
  }
  return { ...trajectory, media }
}

/** A copy of a trajectory without inline images: those it carried are now in the store. */
export async function extractMedia(trajectory: Trajectory, store: MediaStore): Promise<Trajectory> {
  const media: Media[] = []
  for (const record of trajectory.media) {
    const { data, ...rest } = record
    if (data !== undefined) await store.put({ ...rest, bytes: inlineBytes(record) })
    media.push(rest)
  }
  return { ...trajectory, media }
}
