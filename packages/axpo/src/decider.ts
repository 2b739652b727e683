import { isDeepStrictEqual } from 'node:util'
import { InterleaveError } from '@interleave/trajectory'
import type { GroupFacts, SourceRef } from './batch.ts'
import type { Budget } from './budget.ts'
import type { ResolvedOptions } from './options.ts'
import { decide } from './plan-batch.ts'
import type { PlanEntry } from './step-store.ts'
import { verdictOf } from './verdict.ts'

/** Takes the decisions of one step as its groups finish. */
export interface Decider {
  /** To be called once a group, when all of its rollouts are in. Resolves once all that can be decided now is. */
  finish(group: number, facts: GroupFacts): Promise<void>
  /** The decisions so far, in the order they were taken. */
  readonly entries: readonly PlanEntry[]
}

/**
 * Decides as the budget's mode says: batch, all groups together once the last is in; streaming, each as it arrives. What
 * `logged` says was decided earlier comes first and in that order, whatever arrives when, so that a replay ends as the
 * run did. Throws `journal_mismatch` where the same groups now lead to another decision.
 */
export function createDecider(input: {
  readonly step: number
  readonly groups: number
  readonly options: ResolvedOptions
  readonly budget: Budget
  readonly logged: readonly PlanEntry[]
  readonly append: (entry: PlanEntry) => Promise<void>
  readonly select: (selected: SourceRef) => void
}): Decider {
  const { step, options, budget, logged } = input
  const facts = new Map<number, GroupFacts>()
  const waiting = new Set<number>()
  const entries: PlanEntry[] = []
  let chain = Promise.resolve()

  function nextUnit(): readonly number[] | undefined {
    const earlier = logged[entries.length]
    if (earlier !== undefined) return earlier.groups.every((group) => waiting.has(group)) ? earlier.groups : undefined
    if (budget.mode === 'streaming') return waiting.size > 0 ? [...waiting].slice(0, 1) : undefined
    return waiting.size === input.groups && waiting.size > 0 ? [...waiting].toSorted((a, b) => a - b) : undefined
  }

  async function decideReady(): Promise<void> {
    for (let unit = nextUnit(); unit !== undefined; unit = nextUnit()) {
      const members = unit.map((index) => ({ index, group: facts.get(index)! }))
      const plan = decide(members, options, budget)
      const verdicts = members.map(({ group }) => group.rollouts.map(verdictOf))
      const entry: PlanEntry = { type: 'plan', step, groups: [...unit], verdicts, ...plan, budget: budget.snapshot() }
      const earlier = logged[entries.length]
      if (earlier === undefined) await input.append(entry)
      else if (!isDeepStrictEqual(entry, earlier))
        throw new InterleaveError(
          'journal_mismatch',
          `Step ${step}: the journal holds another decision on groups ${unit.join(', ')} than their rollouts lead to now; the journal or the trajectories were changed.`,
        )
      entries.push(entry)
      for (const group of unit) waiting.delete(group)
      plan.selected.forEach(input.select)
    }
  }

  return {
    entries,
    finish(group, groupFacts) {
      facts.set(group, groupFacts)
      waiting.add(group)
      // One after another: a decision is on record before the next is taken.
      chain = chain.then(decideReady)
      return chain
    },
  }
}
