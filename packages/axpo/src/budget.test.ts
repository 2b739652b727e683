import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { toolRollout } from './__fixtures__/batches.ts'
import { createBudget } from './budget.ts'
import { formatDecimal, toDecimal } from './decimal.ts'
import { planBatch } from './plan-batch.ts'

test.each([
  // As binary fractions: 28.999999999999996, 0.9999999999999999 and 3.0000000000000004.
  [0.29, [100], 1, 29],
  [0.1, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 1, 1],
  [0.1, [30], 3, 1],
  [0.25, [8, 8, 8], 4, 1],
  [1e-7, [10_000_000], 1, 1],
  [1e21, [1], 1, 1e21],
  [0, [100], 1, 0],
])('r = %d over %j pays exactly for K = %i', (budget, groups, resamples, slots) => {
  const made = createBudget({ budget, resamples })
  for (const rollouts of groups) made.addGroup(rollouts)
  expect(made.slots).toBe(slots)
})

test('decimals are read as written', () => {
  expect([0.25, 1, 100, 1.5e-7, 12.34].map((value) => formatDecimal(toDecimal(value)))).toEqual([
    '0.25',
    '1',
    '100',
    '0.00000015',
    '12.34',
  ])
})

test('batch mode discards what a step leaves, streaming keeps it', () => {
  for (const [mode, slots] of [
    ['batch', 0],
    ['streaming', 1],
  ] as const) {
    const budget = createBudget({ mode, budget: 0.25, resamples: 4 })
    budget.startStep()
    budget.addGroup(8)
    budget.startStep()
    budget.addGroup(8)
    expect(budget.slots).toBe(slots)
  }
})

test('spending beyond the allowance is refused', () => {
  const budget = createBudget({ budget: 1, resamples: 4 })
  budget.addGroup(8)
  budget.spend(2)
  expect(() => budget.spend(1)).toThrow(expect.objectContaining({ code: 'over_budget' }))
})

test('a snapshot goes on where the budget stood, through JSON', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1000 }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: 1, max: 20 })),
      fc.array(fc.integer({ min: 1, max: 20 })),
      (thousandths, resamples, before, after) => {
        const budget = createBudget({ mode: 'streaming', budget: thousandths / 1000, resamples })
        for (const rollouts of before) {
          budget.addGroup(rollouts)
          if (budget.slots > 0) budget.spend(1)
        }
        const copy = createBudget(JSON.parse(JSON.stringify(budget.snapshot())))
        for (const rollouts of after) for (const each of [budget, copy]) each.addGroup(rollouts)
        expect(copy.slots).toBe(budget.slots)
        expect(copy.snapshot()).toEqual(budget.snapshot())
      },
    ),
  )
})

test('bad budgets are refused by field', () => {
  expect(() => createBudget({ budget: -1 })).toThrow(/budget\.budget/)
  expect(() => createBudget({ allowance: 'many' })).toThrow(/budget\.allowance/)
  expect(() => createBudget({ allowance: '0.123' })).toThrow(/budget\.allowance: 0\.123 has more decimals/)
  const groups = [{ rollouts: [toolRollout()] }]
  expect(() => planBatch({ groups, options: { resamples: 2 }, budget: createBudget() })).toThrow(
    /options\.resamples is 2/,
  )
})

test('streaming: bridges that see one group per call share one budget', () => {
  const group = { rollouts: Array.from({ length: 8 }, () => toolRollout()) }
  const budget = createBudget({ mode: 'streaming' })
  const calls = Array.from({ length: 6 }, () => planBatch({ groups: [group], budget }).slots.used)
  // Each adds 2 and a prefix takes 4.
  expect(calls).toEqual([0, 1, 0, 1, 0, 1])
  const whole = planBatch({
    groups: Array.from({ length: 6 }, () => group),
    budget: createBudget({ mode: 'streaming' }),
  })
  expect(whole.selected.map((ref) => ref.group)).toEqual([1, 3, 5])
  expect(whole.slots).toEqual({ available: 3, used: 3 })
})
