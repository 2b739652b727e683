import type { PlacedSegment } from '../offsets.ts'
import type { Trajectory } from '../trajectory.ts'
import type { Problem } from './finding.ts'

/**
 * Each pad in context stands for one image and each image for one pad, in order. A pad that the policy drew stands for
 * nothing: no server would take it as history, so nothing may follow its turn.
 */
export function* imagesMatchPads({ environment }: Trajectory, placed: readonly PlacedSegment[]): Iterable<Problem> {
  const pad = environment.template.imagePad
  const lastTurn = placed.at(-1)?.segment.turn
  for (const { segment, index, start } of placed) {
    const pads: number[] = []
    for (let at = segment.tokens.indexOf(pad); at !== -1; at = segment.tokens.indexOf(pad, at + 1))
      pads.push(start + at)
    const images = (segment.images ?? []).map((image) => image.at)
    if (segment.origin !== 'context') {
      if (pads.length > 0 && segment.turn !== lastTurn)
        yield {
          segment: index,
          message: `The policy drew the image pad ${pad}, at ${pads.join(', ')}, and the rollout went on.`,
        }
      if (images.length > 0) yield { segment: index, message: 'A sampled segment has images.' }
      continue
    }
    if (pads.length === images.length && pads.every((at, nth) => at === images[nth])) continue
    const message = `Its pads are at [${pads.join(', ')}], its images say [${images.join(', ')}].`
    yield { segment: index, message }
  }
}
