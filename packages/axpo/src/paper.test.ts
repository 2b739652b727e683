// The two tables and the six consequences of section 3 of the paper's equations, worked out by hand.
import { describe, expect, test } from 'vitest'
import { outcomes, plainRollout, toolRollout } from './__fixtures__/batches.ts'
import type { RolloutFacts } from './batch.ts'
import { creditBatch } from './credit-batch.ts'
import type { Options } from './options.ts'

/** Advantages of one group whose rollout 0 was resampled with `correct` of K right; null where nothing is trained. */
function credited(
  others: RolloutFacts[],
  correct: number,
  options: Options = {},
): { rollouts: (number | null)[]; continuations: (number | null)[] } {
  const { credit } = creditBatch({
    groups: [{ rollouts: [toolRollout(), ...others] }],
    options,
    selected: [{ group: 0, source: 0 }],
    continuations: [{ group: 0, source: 0, outcomes: outcomes(options.resamples ?? 4, correct) }],
  })
  return {
    rollouts: credit.rollouts[0]!.map((spans) => spans[0]?.advantage ?? null),
    continuations: credit.continuations.map(({ spans }) => spans[0]?.advantage ?? null),
  }
}

const others = (correct: number, of = 7): RolloutFacts[] =>
  Array.from({ length: of }, (_, index) => plainRollout(index < correct ? 1 : 0))

const samples = { population: [1, 1], sample: [Math.sqrt(3 / 4), Math.sqrt(7 / 8)] } as const

describe.each(['population', 'sample'] as const)('%s deviation', (std) => {
  const [k4, n8] = samples[std]

  test.each([
    [0, 0, 0],
    [1, 1.732, -0.577],
    [2, 1, -1],
    [3, 0.577, -1.732],
    [4, 0, 0],
  ])('Eq. 2, K = 4, %i correct', (correct, right, wrong) => {
    const { continuations } = credited(others(0), correct, { std })
    const expected = [0, 1, 2, 3].map((index) => (index < correct ? right : wrong) * k4)
    continuations.forEach((advantage, index) => expect(advantage).toBeCloseTo(expected[index]!, 3))
  })

  test.each([
    [0, 2.646, 0],
    [1, 1.732, -0.378],
    [2, 1.291, -0.577],
    [3, 1, -0.775],
    [4, 0.775, -1],
    [5, 0.577, -1.291],
    [6, 0.378, -1.732],
    [7, 0, -2.646],
  ])('Eq. 4, N = 8, %i others correct', (correct, recovered, failed) => {
    expect(credited(others(correct), 1, { std }).rollouts[0]).toBeCloseTo(recovered * n8, 3)
    expect(credited(others(correct), 0, { std }).rollouts[0]).toBeCloseTo(failed * n8, 3)
  })
})

test('consequence 1: two prefixes of a group are normalised each on its own', () => {
  const { credit } = creditBatch({
    groups: [{ rollouts: [toolRollout(), toolRollout(), ...others(0, 6)] }],
    selected: [
      { group: 0, source: 1 },
      { group: 0, source: 0 },
    ],
    continuations: [0, 1].map((source) => ({ group: 0, source, outcomes: outcomes(4, 1) })),
  })
  // Together they would share the mean and get 1.732.
  const advantage: unknown = expect.closeTo(Math.sqrt(7), 12)
  for (const spans of credit.rollouts[0]!.slice(0, 2))
    expect(spans).toEqual([{ start: 0, end: 10, advantage, role: 'prefix' }])
  expect(credit.continuations.map(({ source, index }) => [source, index])).toEqual([
    [1, 0],
    [1, 1],
    [1, 2],
    [1, 3],
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 3],
  ])
})

test('consequence 2: the other rollouts keep the advantages of the original rewards', () => {
  const { rollouts } = credited(others(3), 4)
  const mean = 3 / 8
  const deviation = Math.sqrt(mean * (1 - mean))
  rollouts.slice(1).forEach((advantage, index) => {
    expect(advantage).toBeCloseTo(((index < 3 ? 1 : 0) - mean) / deviation, 12)
  })
})

test('consequence 3: not recovered, the prefix keeps the plain value and the call of the source is masked', () => {
  const input = { groups: [{ rollouts: [toolRollout(), ...others(2)] }], continuations: [] }
  const plain = creditBatch({ ...input, selected: [] }).credit.rollouts[0]![0]![0]!
  const { rollouts, continuations } = credited(others(2), 0)
  expect(plain).toMatchObject({ start: 0, end: 30, role: 'rollout' })
  expect(rollouts[0]).toBe(plain.advantage)
  expect(continuations).toEqual([0, 0, 0, 0])
})

test('consequence 4: all K correct, only the prefix is credited', () => {
  const { rollouts, continuations } = credited(others(0), 4)
  expect(rollouts[0]).toBeCloseTo(2.646, 3)
  expect(continuations).toEqual([0, 0, 0, 0])
})

test('consequence 5: all others correct, recovery leaves the prefix nothing', () => {
  expect(credited(others(7), 1).rollouts[0]).toBe(0)
})

test('consequence 6: no spread gives zero, also where the mean is rounded', () => {
  expect(credited(others(0), 0).rollouts).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
  const graded = { reward: 0.1, success: false }
  const { credit } = creditBatch({
    groups: [{ rollouts: Array.from({ length: 3 }, () => toolRollout(graded)) }],
    selected: [],
    continuations: [],
  })
  expect(credit.rollouts[0]!.map(([span]) => span?.advantage)).toEqual([0, 0, 0])
})
