import { assignCredit, type BatchCredit } from './assign-credit.ts'
import type { Continuations, GroupFacts, SourceRef } from './batch.ts'
import { diagnose, type Diagnostics } from './diagnose.ts'
import { resolveOptions, type Options } from './options.ts'
import { resampled } from './resampled.ts'

/**
 * The advantage of every trained token of a batch, and how the batch went. `selected` is what `planBatch` chose;
 * `continuations` must hold the K outcomes of each of these and may hold more. Paper 3.3.
 */
export function creditBatch(input: {
  groups: readonly GroupFacts[]
  options?: Options
  selected: readonly SourceRef[]
  continuations: readonly Continuations[]
}): { credit: BatchCredit; diagnostics: Diagnostics } {
  const options = resolveOptions(input.options)
  const sources = resampled({ ...input, options })
  return {
    credit: assignCredit(input.groups, sources, options),
    diagnostics: diagnose(input.groups, sources, options),
  }
}
