import type { ToolSession } from '@interleave/tool'
import type { Image, Media, MediaStore, ToolOutcome } from '@interleave/trajectory'

/** Writes a rollout's new images, which is done before the trajectory that names them exists. */
export async function storeMedia(store: MediaStore, session: ToolSession): Promise<void> {
  for (const image of session.images) if (!(await store.has(image))) await store.put(image)
}

/** Each image of a rollout once, in order of appearance. */
export function mediaTable(session: ToolSession): Media[] {
  const table = new Map<string, Media>()
  for (const { hash, mime, width, height, limits, parent } of session.images) {
    if (table.has(hash)) continue
    const media: Media = { hash, mime, width, height }
    if (limits !== undefined) media.limits = limits
    if (parent !== undefined) media.parent = parent
    table.set(hash, media)
  }
  return [...table.values()]
}

/** The images that an outcome shows, in the order of their pads. */
export function imagesOf({ content }: ToolOutcome, { images }: ToolSession): Image[] {
  return content.flatMap((part) => (part.type === 'image' ? (images.find(part.hash) ?? []) : []))
}
