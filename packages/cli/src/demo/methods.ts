import type { StepOptions } from '@interleave/axpo'

/** A way to sample and to credit, under the name that tables and files give it. */
export interface Method {
  readonly name: string
  readonly options: StepOptions
  /** Where it is not that of all methods. */
  readonly learningRate?: number
}

// AXPO asks for at most r x B x N continuations on top of 8 rollouts a question: as many as 10 rollouts a question.
const grpo = (rollouts: number): StepOptions => ({ variant: 'grpo', rollouts })

/** What every comparison holds: the method, and GRPO with as many rollouts as the method may spend. */
export const defaultMethods: readonly Method[] = [
  { name: 'GRPO 10', options: grpo(10) },
  { name: 'AXPO', options: {} },
]

/** GRPO with twice the rollouts. */
export const doubleRollouts: Method = { name: 'GRPO 16', options: grpo(16) }

/** The ablations of the paper's Table 2, and the two shaped rewards of its Table 3 with GRPO's 10 rollouts. */
export const ablations: readonly Method[] = [
  { name: 'no prefix fix', options: { variant: 'noPrefixFix' } },
  { name: 'no-tool target', options: { variant: 'noToolTarget' } },
  { name: 'random ranking', options: { ranking: 'random' } },
  { name: 'no prefix credit', options: { variant: 'noPrefixCredit' } },
  { name: 'merged', options: { variant: 'merged' } },
  { name: 'tool bonus', options: { ...grpo(10), shaping: 'toolBonus' } },
  { name: 'tool penalty', options: { ...grpo(10), shaping: 'toolPenalty' } },
]

/** GRPO at the learning rates that are tried before a comparison. */
export const rateTrials: readonly Method[] = [0.03, 0.06, 0.12, 0.24, 0.48].map((learningRate) => ({
  name: `rate ${learningRate}`,
  options: grpo(10),
  learningRate,
}))

/** The method that the others are compared with. */
export const baseline = 'GRPO 10'

const all = [...defaultMethods, doubleRollouts, ...ablations, ...rateTrials]

/** A method by its name. */
export function methodOf(name: string): Method {
  const method = all.find((one) => one.name === name)
  if (method === undefined) throw new RangeError(`There is no method "${name}".`)
  return method
}
