import type { OutcomeFacts, RolloutFacts } from './batch.ts'
import { callConfidence } from './call-confidence.ts'
import { allWrong, diagnose, recovery, useRate, type BeforeAfter, type Diagnostics } from './diagnose.ts'
import { firstAction } from './first-action.ts'
import type { ResolvedOptions } from './options.ts'
import type { Plan } from './plan-batch.ts'
import { resampled } from './resampled.ts'
import { factsOf, type Sampled, type SampledStep } from './sampled-step.ts'
import { firstTool } from './tool-using.ts'
import { verdictOf } from './verdict.ts'

/** The rates of those rollouts whose first call names one tool. */
export interface ToolDiagnostics {
  toolUseRate: number | null
  allWrong: BeforeAfter
  recoveryRate: number | null
}

/** Means over first calls, each call counting once. Null where no rollout had one with logprobs. */
export interface CallDiagnostics {
  /** Mean probability of a call's tokens. */
  confidence: number | null
  /** Mean negative logprob of a call's tokens. */
  negativeLogprob: number | null
  /** Mean entropy of a call's tokens in nats; null as well where the policy reports none. */
  entropy: number | null
}

export interface StepDiagnostics extends Diagnostics {
  questions: number
  /** Ordinary rollouts, void ones included. */
  rollouts: number
  /** Share of the scored ordinary rollouts that succeeded. */
  successRate: number | null
  /** By tool. `(other)`: calls that name no tool of the environment, or could not be read. */
  tools: Record<string, ToolDiagnostics>
  /** Of scored tool-using rollouts: all of them, and those that failed (paper App. B.9). */
  calls: { all: CallDiagnostics; failed: CallDiagnostics }
  budget: Plan['slots']
  /** Tokens sampled: by ordinary rollouts, and by continuations on top. */
  tokens: { rollouts: number; extra: number }
  /** How many came back void. */
  void: { rollouts: number; continuations: number }
}

/** The diagnostics of a step: those of its plain objects, and what only its trajectories tell. */
export function diagnoseStep(step: SampledStep, plan: Plan, options: ResolvedOptions): StepDiagnostics {
  const { groups, continuations } = factsOf(step)
  const sources = resampled({ groups, continuations, selected: plan.selected, options })
  const ordinary = step.rollouts.flat()
  const extra = step.sources.flatMap((source) => source.continuations)

  const toolOf = new Map([...ordinary, ...extra].map((sampled) => [sampled.facts, toolName(sampled)]))
  const names = new Set([...toolOf.values()].filter((name) => name !== undefined))
  const tools = [...names].toSorted().map((name): [string, ToolDiagnostics] => {
    const member = (facts: RolloutFacts | OutcomeFacts): boolean => toolOf.get(facts) === name
    return [
      name,
      {
        toolUseRate: useRate(groups, member),
        allWrong: allWrong(groups, sources, member),
        recoveryRate: recovery(groups, sources, options, member),
      },
    ]
  })

  const calling = ordinary.filter(({ facts }) => facts.reward !== null && facts.toolUsing)
  const verdicts = ordinary.map(({ facts }) => verdictOf(facts)).filter((verdict) => verdict !== null)
  return {
    questions: step.rollouts.length,
    rollouts: ordinary.length,
    successRate: mean(verdicts.map(Number)),
    ...diagnose(groups, sources, options),
    tools: Object.fromEntries(tools),
    calls: {
      all: callDiagnostics(calling),
      failed: callDiagnostics(calling.filter(({ facts }) => verdictOf(facts) === false)),
    },
    budget: plan.slots,
    tokens: { rollouts: drawn(ordinary), extra: drawn(extra) },
    void: { rollouts: voided(ordinary), continuations: voided(extra) },
  }
}

function toolName({ trajectory, facts }: Sampled<OutcomeFacts>): string | undefined {
  const name = facts.reward === null ? undefined : firstTool(trajectory)
  // A policy may write any name; only those of real tools become keys.
  return name === undefined || trajectory.environment.tools.some((tool) => tool.name === name) ? name : '(other)'
}

function callDiagnostics(calling: readonly Sampled<RolloutFacts>[]): CallDiagnostics {
  const actions = calling.map(({ trajectory }) => firstAction(trajectory, 'call'))
  const calls = withTokens(actions.map((action) => action?.logprobs))
  return {
    confidence: mean(calls.map((logprobs) => callConfidence(logprobs))),
    negativeLogprob: mean(calls.map((logprobs) => -callConfidence(logprobs, 'logprob'))),
    entropy: mean(withTokens(actions.map((action) => action?.entropies)).map((entropies) => mean(entropies) ?? 0)),
  }
}

function withTokens(calls: readonly (readonly number[] | undefined)[]): (readonly number[])[] {
  return calls.filter((call): call is readonly number[] => call !== undefined && call.length > 0)
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

function drawn(sampled: readonly Sampled<OutcomeFacts>[]): number {
  const own = sampled.flatMap(({ trajectory }) => trajectory.segments.filter(({ origin }) => origin === 'policy'))
  return own.reduce((sum, segment) => sum + segment.tokens.length, 0)
}

function voided(sampled: readonly Sampled<OutcomeFacts>[]): number {
  return sampled.filter(({ facts }) => facts.reward === null).length
}
