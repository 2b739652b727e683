import { InterleaveError } from '@interleave/trajectory'
import { z } from 'zod'
import { formatDecimal, parseUnits, toDecimal } from './decimal.ts'
import { parseOrThrow } from './parse-or-throw.ts'

/** A budget as a journal holds it. `allowance`: continuations saved up so far, an exact decimal. */
export const budgetSnapshotSchema = z.strictObject({
  mode: z.enum(['batch', 'streaming']).default('batch'),
  /** r: what each rollout of a finished group adds, in continuations. */
  budget: z.number().nonnegative().default(0.25),
  /** K: what each prefix takes. */
  resamples: z.int().positive().default(4),
  allowance: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'expected a decimal')
    .default('0'),
})

export interface BudgetSnapshot extends z.output<typeof budgetSnapshotSchema> {}

/**
 * How many continuations may be sampled, kept exactly and across steps. `batch` (the paper's): each step starts at zero
 * and what it leaves is discarded. `streaming`: the allowance carries on, so a step of one group still adds up.
 */
export interface Budget {
  readonly mode: BudgetSnapshot['mode']
  readonly budget: number
  readonly resamples: number
  /** Whole prefixes that the allowance pays for now. */
  readonly slots: number
  /** Discards what is left, in batch mode. */
  startStep(): void
  /** Adds r x N for a finished group of N planned rollouts, void ones included. */
  addGroup(rollouts: number): void
  /** Takes K for each prefix. Throws `over_budget` beyond what `slots` says. */
  spend(prefixes: number): void
  snapshot(): BudgetSnapshot
  /** Goes back to an earlier snapshot of the same budget: a step that failed has spent nothing. */
  restore(snapshot: BudgetSnapshot): void
}

/** A budget, new or out of a snapshot. Throws `bad_budget` with a sentence that names the field. */
export function createBudget(from: z.input<typeof budgetSnapshotSchema> = {}): Budget {
  const { mode, budget, resamples, allowance } = parseOrThrow(budgetSnapshotSchema, from, 'bad_budget', 'budget')
  const rate = toDecimal(budget)
  const price = BigInt(resamples) * 10n ** BigInt(rate.scale)
  let units = unitsOf(allowance)

  function unitsOf(text: string): bigint {
    if ((text.split('.')[1] ?? '').length > rate.scale)
      throw new InterleaveError('bad_budget', `budget.allowance: ${text} has more decimals than the budget ${budget}.`)
    return parseUnits(text, rate.scale)
  }

  return {
    mode,
    budget,
    resamples,
    get slots() {
      return Number(units / price)
    },
    startStep() {
      if (mode === 'batch') units = 0n
    },
    addGroup(rollouts) {
      units += rate.units * BigInt(rollouts)
    },
    spend(prefixes) {
      const cost = price * BigInt(prefixes)
      if (cost > units)
        throw new InterleaveError('over_budget', `${prefixes} prefixes cost more than the allowance of ${this.slots}.`)
      units -= cost
    },
    snapshot() {
      return { mode, budget, resamples, allowance: formatDecimal({ units, scale: rate.scale }) }
    },
    restore(snapshot) {
      units = unitsOf(snapshot.allowance)
    },
  }
}
