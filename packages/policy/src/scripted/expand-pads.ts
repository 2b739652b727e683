import { FaultError } from '@interleave/trajectory'
import type { GenerateRequest } from '../policy.ts'
import type { Stage } from './stage.ts'

/** The prompt with each pad expanded. Refuses images where there are none to be, and another number of them than of pads. */
export function expandPads({ tokens, images }: GenerateRequest, { capabilities, imagePad }: Stage): number[] {
  if (images.length > 0 && !capabilities.images)
    throw new FaultError('policy', 'images_unsupported', `The policy "${capabilities.driver}" takes no images.`)
  if (imagePad === undefined) return [...tokens]
  const expanded: number[] = []
  let pads = 0
  for (const token of tokens) {
    if (token === imagePad.id) pads += 1
    for (let left = token === imagePad.id ? imagePad.length : 1; left > 0; left -= 1) expanded.push(token)
  }
  if (pads === images.length) return expanded
  throw new FaultError(
    'policy',
    'image_mismatch',
    `The prompt has ${pads} image pads and came with ${images.length} images.`,
  )
}
