import { InterleaveError } from '@interleave/trajectory'
import { allocatePrefixes } from './allocate-prefixes.ts'
import type { GroupFacts, SourceRef } from './batch.ts'
import { createBudget, type Budget } from './budget.ts'
import { resolveOptions, type Options, type ResolvedOptions } from './options.ts'
import { rankPrefixes } from './rank-prefixes.ts'
import { triggered } from './triggered.ts'

/** What will be resampled. `slots`: prefixes that the budget paid for, and those that were taken. */
export interface Plan {
  /** Indexes of the groups whose rollouts of the variant's kind are all wrong. */
  triggered: number[]
  /** In order of selection. */
  selected: SourceRef[]
  slots: { available: number; used: number }
}

/** A group and its index in the batch. */
export interface IndexedGroup {
  readonly index: number
  readonly group: GroupFacts
}

/**
 * Which prefixes of a batch get K continuations each: trigger, ranking, budget, breadth-first allocation. Without a
 * `budget` the batch pays for itself: floor(r x B x N / K) prefixes. With a streaming one, groups are decided one by one
 * in the order given, each from what the budget then holds. Paper 3.2.
 */
export function planBatch(input: { groups: readonly GroupFacts[]; options?: Options; budget?: Budget }): Plan {
  const options = resolveOptions(input.options)
  const budget = input.budget ?? createBudget({ budget: options.budget, resamples: options.resamples })
  checkBudget(budget, options)
  budget.startStep()
  const indexed = input.groups.map((group, index) => ({ index, group }))
  if (budget.mode === 'batch') return decide(indexed, options, budget)
  const plan: Plan = { triggered: [], selected: [], slots: { available: budget.slots, used: 0 } }
  for (const group of indexed) {
    const decision = decide([group], options, budget)
    plan.triggered.push(...decision.triggered)
    plan.selected.push(...decision.selected)
    plan.slots.used += decision.slots.used
  }
  plan.slots.available = plan.slots.used + budget.slots
  return plan
}

/** Decides some groups of a batch together out of what the budget holds once they are added to it. */
export function decide(groups: readonly IndexedGroup[], options: ResolvedOptions, budget: Budget): Plan {
  for (const { group } of groups) budget.addGroup(group.rollouts.length)
  const hit = groups.filter(({ group }) => triggered(group, options))
  // Plain GRPO reports the trigger, which its diagnostics need, and resamples nothing.
  const available = options.variant === 'grpo' ? 0 : budget.slots
  const ranked = hit.map(({ group, index }) => rankPrefixes(group, index, options))
  const selected = allocatePrefixes(ranked, available, options)
  budget.spend(selected.length)
  return { triggered: hit.map(({ index }) => index), selected, slots: { available, used: selected.length } }
}

/** Throws `bad_budget` where a budget counts by another r or K than the options name. */
export function checkBudget(budget: Budget, options: ResolvedOptions): void {
  for (const field of ['budget', 'resamples'] as const)
    if (budget[field] !== options[field])
      throw new InterleaveError(
        'bad_budget',
        `options.${field} is ${options[field]} but the budget was made with ${budget[field]}; make it with the same.`,
      )
}
