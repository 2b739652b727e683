import type { GroupFacts, OutcomeFacts, RolloutFacts } from './batch.ts'
import { inTarget } from './in-target.ts'
import type { ResolvedOptions } from './options.ts'
import type { Resampled } from './resampled.ts'
import { triggered } from './triggered.ts'
import { verdictOf } from './verdict.ts'

/** A share before resampling, and with the scored continuations counted. Null where there was nothing to count. */
export interface BeforeAfter {
  before: number | null
  after: number | null
}

/** How a batch stands with its tools. Shares from 0 to 1; null where the denominator is 0. Paper 2.2 and 4.5. */
export interface Diagnostics {
  /** Share of scored rollouts that used a tool. */
  toolUseRate: number | null
  /** Of the groups with a scored tool-using rollout, those without a correct one. */
  allWrongTool: BeforeAfter
  /** The same of the rollouts without a tool. */
  allWrongNoTool: BeforeAfter
  /** Of the triggered groups, those with a correct continuation of the variant's kind. */
  recoveryRate: number | null
  /** Continuations asked for, void ones included. */
  extraRollouts: number
}

/** Whether a rollout or continuation is of the subgroup that is looked at. */
export type Member = (rollout: RolloutFacts | OutcomeFacts) => boolean

/** The diagnostics of a batch, from its rollouts and what was resampled. */
export function diagnose(
  groups: readonly GroupFacts[],
  resampled: readonly Resampled[],
  options: ResolvedOptions,
): Diagnostics {
  return {
    toolUseRate: useRate(groups, (rollout) => rollout.toolUsing),
    allWrongTool: allWrong(groups, resampled, (rollout) => rollout.toolUsing),
    allWrongNoTool: allWrong(groups, resampled, (rollout) => !rollout.toolUsing),
    recoveryRate: recovery(groups, resampled, options, (rollout) => inTarget(rollout, options)),
    extraRollouts: resampled.reduce((sum, { outcomes }) => sum + outcomes.length, 0),
  }
}

/** Share of the scored rollouts that are members. */
export function useRate(groups: readonly GroupFacts[], member: Member): number | null {
  const scored = groups.flatMap(({ rollouts }) => rollouts.filter((rollout) => rollout.reward !== null))
  return share(scored.filter(member).length, scored.length)
}

/** Of the groups with a scored member, the share without a correct one. */
export function allWrong(groups: readonly GroupFacts[], resampled: readonly Resampled[], member: Member): BeforeAfter {
  const rate = (subgroups: readonly (readonly (RolloutFacts | OutcomeFacts)[])[]): number | null => {
    const verdicts = subgroups
      .map((subgroup) =>
        subgroup
          .filter(member)
          .map(verdictOf)
          .filter((verdict) => verdict !== null),
      )
      .filter((found) => found.length > 0)
    return share(verdicts.filter((found) => !found.includes(true)).length, verdicts.length)
  }
  const extra = groups.map((): OutcomeFacts[] => [])
  for (const { group, outcomes } of resampled) for (const outcome of outcomes) extra[group]?.push(outcome)
  return {
    before: rate(groups.map(({ rollouts }) => rollouts)),
    after: rate(groups.map(({ rollouts }, index) => [...rollouts, ...(extra[index] ?? [])])),
  }
}

/** Of the triggered groups with a scored member, the share in which a member among the continuations is correct. */
export function recovery(
  groups: readonly GroupFacts[],
  resampled: readonly Resampled[],
  options: Pick<ResolvedOptions, 'variant'>,
  member: Member,
): number | null {
  const recovered = new Set(
    resampled
      .filter(({ outcomes }) => outcomes.some((outcome) => member(outcome) && verdictOf(outcome) === true))
      .map(({ group }) => group),
  )
  const hit = groups.flatMap((group, index) =>
    triggered(group, options) && group.rollouts.some((rollout) => rollout.reward !== null && member(rollout))
      ? [index]
      : [],
  )
  return share(hit.filter((index) => recovered.has(index)).length, hit.length)
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
