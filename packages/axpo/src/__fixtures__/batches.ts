import * as fc from 'fast-check'
import type { Continuations, GroupFacts, RolloutFacts } from '../batch.ts'
import type { Options } from '../options.ts'
import { randomOf } from './fake-source.ts'

export interface Batch {
  groups: GroupFacts[]
  options: Options
  /** For every rollout that could be a source, as the vectors have them. */
  continuations: Continuations[]
}

/** A rollout that called a tool, wrong unless told otherwise. */
export function toolRollout(facts: Partial<RolloutFacts> = {}): RolloutFacts {
  return { reward: 0, toolUsing: true, actionLogprobs: [-1, -0.5], prefixTokens: 10, sampledTokens: 30, ...facts }
}

/** A rollout that answered without a tool. */
export function plainRollout(reward: number | null): RolloutFacts {
  return { reward, toolUsing: false, actionLogprobs: null, prefixTokens: null, sampledTokens: 20 }
}

/** K outcomes, the first `correct` of them right. */
export function outcomes(k: number, correct: number): Continuations['outcomes'] {
  return Array.from({ length: k }, (_, index) => ({
    reward: index < correct ? 1 : 0,
    toolUsing: true,
    sampledTokens: 40,
  }))
}

const optionsArbitrary: fc.Arbitrary<Options> = fc.record({
  resamples: fc.integer({ min: 1, max: 6 }),
  budget: fc.integer({ min: 0, max: 300 }).map((hundredths) => hundredths / 100),
  ranking: fc.constantFrom('probability', 'logprob', 'random'),
  order: fc.constantFrom('confidence', 'input'),
  std: fc.constantFrom('population', 'sample'),
  variant: fc.constantFrom('axpo', 'noPrefixFix', 'noToolTarget', 'noPrefixCredit', 'merged', 'mergedWhole', 'grpo'),
  seed: fc.integer({ min: 0, max: 1000 }),
  shaping: fc.constantFrom('none', 'toolBonus', 'toolPenalty'),
})

/** Batches of up to eight groups of up to eight rollouts, with void ones and every option. */
export const batchArbitrary: fc.Arbitrary<Batch> = fc
  .record({
    options: optionsArbitrary,
    seed: fc.nat(),
    groups: fc.integer({ min: 1, max: 8 }),
    rollouts: fc.integer({ min: 1, max: 8 }),
    hard: fc.boolean(),
  })
  .map(({ options, seed, groups, rollouts, hard }) => {
    const random = randomOf(seed)
    const reward = (): number | null => (random() < 0.12 ? null : random() < (hard ? 0.1 : 0.5) ? 1 : 0)
    const below = (limit: number): number => Math.floor(random() * limit)
    const batch: Batch = { groups: [], options, continuations: [] }
    for (let group = 0; group < groups; group += 1) {
      const members = Array.from({ length: rollouts }, (_, source): RolloutFacts => {
        const toolUsing = random() < 0.5
        const fit = random() < 0.9 && toolUsing === (options.variant !== 'noToolTarget')
        const actionLogprobs = fit ? Array.from({ length: below(5) }, () => -random() * 3) : null
        const prefixTokens = fit ? 1 + below(20) : null
        const sampledTokens = (prefixTokens ?? 0) + (actionLogprobs?.length ?? 0) + below(30)
        if (prefixTokens !== null)
          batch.continuations.push({
            group,
            source,
            outcomes: Array.from({ length: options.resamples! }, () => {
              return { reward: reward(), toolUsing: random() < 0.8, sampledTokens: prefixTokens + below(30) }
            }),
          })
        return { reward: reward(), toolUsing, actionLogprobs, prefixTokens, sampledTokens }
      })
      batch.groups.push({ rollouts: members })
    }
    return batch
  })
