import type { ContentPart, ImagePart } from '../content.ts'
import { isInterleaveError } from '../error.ts'
import { inlineBytes } from '../inline-media.ts'
import type { PlacedSegment } from '../offsets.ts'
import type { Trajectory } from '../trajectory.ts'
import { isVoid, type Problem } from './finding.ts'

const imagesOf = (parts: readonly ContentPart[]): ImagePart[] => parts.filter((part) => part.type === 'image')

/** Every image that is named anywhere has one record in the media table, of the same mime and size. */
export function* mediaPresent(trajectory: Trajectory, placed: readonly PlacedSegment[]): Iterable<Problem> {
  const table = new Map(trajectory.media.map((media) => [media.hash, media]))
  if (table.size < trajectory.media.length) yield { message: 'An image is listed twice in the media table.' }

  function* part(image: ImagePart, where: string, segment?: number): Iterable<Problem> {
    const media = table.get(image.hash)
    const same = media?.mime === image.mime && media.width === image.width && media.height === image.height
    const at = segment === undefined ? {} : { segment }
    if (media === undefined) yield { ...at, message: `Image ${image.hash} of ${where} is not in the media table.` }
    else if (!same) yield { ...at, message: `Image ${image.hash} of ${where} differs from its record in mime or size.` }
  }

  // A rollout may fail because its task's image cannot be read.
  if (!isVoid(trajectory)) for (const image of imagesOf(trajectory.task.prompt)) yield* part(image, 'the task')
  for (const { segment, index } of placed) {
    for (const image of segment.images ?? [])
      if (!table.has(image.hash))
        yield { segment: index, message: `Image ${image.hash} of the segment is not in the media table.` }
    for (const image of imagesOf(segment.outcome?.content ?? [])) yield* part(image, 'an outcome', index)
  }
  for (const { parent } of trajectory.media)
    if (parent !== undefined && !table.has(parent.hash))
      yield { message: `Image ${parent.hash}, from which another was made, is not in the media table.` }
}

/** Images that the trajectory carries itself have the bytes of their hashes. */
export function* inlineMediaHash({ media }: Trajectory): Iterable<Problem> {
  for (const record of media) {
    if (record.data === undefined) continue
    try {
      inlineBytes(record)
    } catch (error) {
      if (!isInterleaveError(error)) throw error
      yield { message: error.message }
    }
  }
}
