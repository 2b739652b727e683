/**
 * Where effective tokens are not the logical ones with each pad expanded to one or more of itself; null where they are.
 * Pads with nothing between them share a run.
 */
export function foldDifference(
  logical: readonly number[],
  effective: readonly number[],
  imagePad: number | undefined,
): string | null {
  let at = 0
  for (const [index, token] of logical.entries()) {
    if (effective[at] !== token) return `token ${index} is ${token}, seen is ${effective[at] ?? 'the end'}`
    at += 1
    // The last of adjacent pads takes what is left of the run.
    if (token !== imagePad || logical[index + 1] === imagePad) continue
    while (effective[at] === imagePad) at += 1
  }
  return at === effective.length ? null : `${effective.length - at} tokens follow that were not sent`
}
