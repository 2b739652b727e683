import { messageOf } from '@interleave/trajectory'
import type { Finding } from './finding.ts'

// A PNG of one pixel: decoding it proves that the native library loads.
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC',
  'base64',
)

export async function imagesFinding(): Promise<Finding> {
  const part = 'images (sharp)'
  try {
    const { ingestImage } = await import('@interleave/image-zoom/ingest')
    const { height, width } = await ingestImage(pixel)
    return { part, state: 'works', detail: `Decodes images (${width} x ${height} tried).` }
  } catch (error) {
    const advice = 'Install the package sharp for this platform again.'
    return { part, state: 'missing', detail: messageOf(error), advice }
  }
}
