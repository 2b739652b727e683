import { FaultError, type Segment } from '@interleave/trajectory'

/**
 * Holds the prompt that a server says the model saw against the tokens that were sent: equal after every run of expanded
 * pads is folded into one. Each image's count of pads is taken from the server, which alone knows it.
 * Throws a `prompt_mismatch` fault with the first difference; nothing is repaired.
 */
export function checkEffectivePrompt(
  sent: readonly number[],
  seen: readonly number[],
  segments: readonly Segment[],
  imagePad: number,
): void {
  const images = segments.flatMap((segment) => segment.images ?? [])
  const lengths: number[] = []
  let at = 0
  for (let index = 0; index < sent.length; index += 1) {
    if (sent[index] !== imagePad || images[lengths.length]?.at !== index) {
      if (seen[at] !== sent[index]) throw mismatch(sent, seen, index, at)
      at += 1
      continue
    }
    // Two images with nothing between them: only their sum is visible, so the template's own count separates them.
    const adjacent = sent[index + 1] === imagePad
    let length = 0
    const limit = adjacent ? effectiveLength(images[lengths.length]) : Number.POSITIVE_INFINITY
    while (seen[at] === imagePad && length < limit) {
      at += 1
      length += 1
    }
    if (length === 0) throw mismatch(sent, seen, index, at)
    lengths.push(length)
  }
  if (at !== seen.length) throw mismatch(sent, seen, sent.length, at)
  lengths.forEach((length, index) => {
    const image = images[index]
    if (image !== undefined && effectiveLength(image) !== length) image.effective = { id: imagePad, length }
  })
}

function effectiveLength(image: { effective: number[] | { length: number } } | undefined): number {
  return image?.effective.length ?? 0
}

function mismatch(sent: readonly number[], seen: readonly number[], index: number, at: number): FaultError {
  const around = (ids: readonly number[], center: number): string =>
    `…${ids.slice(Math.max(0, center - 3), center + 4).join(' ')}…`
  return new FaultError(
    'policy',
    'prompt_mismatch',
    `The policy server saw another prompt than was sent: token ${index} is ${sent[index] ?? 'the end'} (${around(sent, index)}), ` +
      `it returned ${seen[at] ?? 'the end'} (${around(seen, at)}). It encodes text again or changes ids; use a route that takes token ids.`,
  )
}
