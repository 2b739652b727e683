import { expect, test } from 'vitest'
import { outcomes, plainRollout, toolRollout } from './__fixtures__/batches.ts'
import { creditBatch } from './credit-batch.ts'
import { planBatch } from './plan-batch.ts'
import { creditRow, planRow } from './rows.ts'

const groups = [{ rollouts: [toolRollout(), toolRollout({ reward: 1 }), plainRollout(1), plainRollout(null)] }]
const failed = [{ rollouts: [toolRollout(), plainRollout(1)] }]

test.each([
  [{ groups, options: { variant: 'best' } }, /^options\.variant: .*"axpo"/],
  [{ groups, options: { resample: 4 } }, /^options: .*resample/],
  [{ groups, options: { resamples: 0 } }, /^options\.resamples: /],
  [{ groups, options: { budget: '0.25' } }, /^options\.budget: /],
  [{ options: {} }, /^groups: /],
  [{ groups: [{ rollouts: [] }] }, /^groups\[0\]\.rollouts: /],
  [{ groups: [{ rollouts: [toolRollout({ reward: 0.5 })] }] }, /^groups\[0\]\.rollouts\[0\]\.reward: .*success/],
  [{ groups: [{ rollouts: [toolRollout({ sampledTokens: 11 })] }] }, /rollouts\[0\]\.sampledTokens: .*more than/],
  [{ groups: [{ rollouts: [toolRollout({ actionLogprobs: [0.1] })] }] }, /actionLogprobs\[0\]: a logprob is never/],
  [null, /^The row: /],
])('a bad row %# is one sentence that names the field', (row, message) => {
  expect(() => planRow(row)).toThrow(
    expect.objectContaining({ code: 'bad_row', message: expect.stringMatching(message) }),
  )
})

const wrong = [{ rollouts: [toolRollout(), toolRollout({ actionLogprobs: [] }), plainRollout(1), plainRollout(null)] }]

test.each([
  [{ selected: [{ group: 3, source: 0 }] }, /Source 0 of group 3 is not among the rollouts/],
  [{ selected: [{ group: 0, source: 1 }] }, /Source 1 of group 0 has no prefix/],
  [{ selected: [{ group: 0, source: 2 }] }, /Source 2 of group 0 is not of the kind that axpo resamples/],
  [{ selected: [{ group: 0, source: 3 }] }, /Source 3 of group 0 is void/],
  [{ selected: [{ group: 0, source: 0 }], groups }, /Source 0 of group 0 is of a group that is not triggered/],
  [{ selected: [{ group: 0, source: 0 }], options: { variant: 'grpo' } }, /the variant grpo resamples nothing/],
  [{ selected: [{ group: 0, source: 0 }] }, /has no continuations/],
  [
    { selected: [], continuations: [{ group: 0, source: 9, outcomes: outcomes(4, 1) }] },
    /Source 9 of group 0 is not among the rollouts/,
  ],
  [
    { selected: [{ group: 0, source: 0 }], continuations: [{ group: 0, source: 0, outcomes: outcomes(3, 1) }] },
    /has 3 outcomes; expected 4/,
  ],
  [
    {
      selected: [{ group: 0, source: 0 }],
      continuations: [
        { group: 0, source: 0, outcomes: outcomes(4, 1).map((entry) => Object.assign(entry, { sampledTokens: 9 })) },
      ],
    },
    /fewer sampledTokens than the prefix of 10/,
  ],
])('credit %# refuses a selection or continuations that do not fit', (part, message) => {
  expect(() => creditRow({ groups: wrong, continuations: [], ...part })).toThrow(message)
})

test('a row keeps its id, and other fields of it are left aside', () => {
  const row = { id: 7, note: 'mine', groups: failed }
  expect(planRow(row)).toEqual({ id: 7, triggered: [0], selected: [], slots: { available: 0, used: 0 } })
  expect(Object.keys(creditRow({ ...row, selected: [], continuations: [] }))).toEqual(['id', 'credit', 'diagnostics'])
})

test('graded rewards: success decides trigger and recovery, the prefix is worth the best it led to', () => {
  const source = toolRollout({ reward: 0.3, success: false })
  const other = { ...plainRollout(0.9), success: true }
  const options = { budget: 4 }
  const plan = planBatch({ groups: [{ rollouts: [source, other] }], options })
  expect(plan.selected).toEqual([{ group: 0, source: 0 }])
  const rewards = [0.8, 0.95, 0.2, 0.1]
  const advantageOf = (threshold: number): number | undefined =>
    creditBatch({
      groups: [{ rollouts: [source, other] }],
      options,
      selected: plan.selected,
      continuations: [
        {
          group: 0,
          source: 0,
          outcomes: rewards.map((reward) => ({
            reward,
            success: reward >= threshold,
            toolUsing: true,
            sampledTokens: 12,
          })),
        },
      ],
    }).credit.rollouts[0]![0]![0]?.advantage
  // 0.95 against 0.9; unrecovered, its own 0.3 against 0.9.
  expect(advantageOf(0.5)).toBeCloseTo(1, 9)
  expect(advantageOf(1)).toBeCloseTo(-1, 9)
})

test('tool bonus and penalty shape advantages alone', () => {
  const batch = { groups: [{ rollouts: [toolRollout(), plainRollout(0), plainRollout(0), toolRollout()] }] }
  const advantages = (shaping: 'toolBonus' | 'toolPenalty'): unknown =>
    creditBatch({
      ...batch,
      options: { variant: 'grpo', shaping },
      selected: [],
      continuations: [],
    }).credit.rollouts[0]!.map(([span]) => Math.round(span!.advantage * 1e9) / 1e9)
  expect(advantages('toolBonus')).toEqual([1, -1, -1, 1])
  expect(advantages('toolPenalty')).toEqual([-1, 1, 1, -1])
  // A bonus as large as the reward does not make a wrong rollout right.
  expect(planBatch({ ...batch, options: { shaping: 'toolBonus', shapingSize: 1 } }).triggered).toEqual([0])
})

test('random ranking is drawn from its seed', () => {
  const batch = { groups: [{ rollouts: Array.from({ length: 16 }, () => toolRollout()) }] }
  const order = (seed: number): number[] =>
    planBatch({ ...batch, options: { ranking: 'random', budget: 4, seed } }).selected.map(({ source }) => source)
  expect(order(1)).toEqual(order(1))
  expect(order(1)).not.toEqual(order(2))
  expect(order(1).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, index) => index))
})
