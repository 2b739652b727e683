import type { SourceRef } from './batch.ts'
import type { ResolvedOptions } from './options.ts'
import type { RankedPrefix } from './rank-prefixes.ts'

/**
 * The prefixes that get resampled, in order of selection, at most `slots` of them. Breadth-first: every question gets its
 * first prefix before any gets a second. Within a round by ascending confidence of that round's candidate, ties by group
 * index; with `order: 'input'` by group index alone. Paper 3.2; the order within a round is our choice.
 */
export function allocatePrefixes(
  ranked: readonly (readonly RankedPrefix[])[],
  slots: number,
  { order }: Pick<ResolvedOptions, 'order'>,
): SourceRef[] {
  const selected: SourceRef[] = []
  for (let depth = 0; selected.length < slots; depth += 1) {
    const round = ranked.flatMap((candidates) => candidates[depth] ?? []).toSorted((a, b) => a.group - b.group)
    if (round.length === 0) break
    if (order === 'confidence') round.sort((a, b) => a.confidence - b.confidence)
    for (const { group, source } of round.slice(0, slots - selected.length)) selected.push({ group, source })
  }
  return selected
}
