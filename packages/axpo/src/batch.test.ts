import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchArbitrary, type Batch } from './__fixtures__/batches.ts'
import { creditBatch } from './credit-batch.ts'
import { planBatch } from './plan-batch.ts'
import { rankPrefixes } from './rank-prefixes.ts'
import { resolveOptions } from './options.ts'
import { triggered } from './triggered.ts'
import { creditInputSchema } from './batch.ts'

const runs = { numRuns: 400 }
const solve = (batch: Batch): ReturnType<typeof creditBatch> & ReturnType<typeof planBatch> => {
  const plan = planBatch(batch)
  return { ...plan, ...creditBatch({ ...batch, selected: plan.selected }) }
}

test('the generated batches are what a file may hold', () => {
  fc.assert(
    fc.property(batchArbitrary, (batch) => {
      expect(creditInputSchema.safeParse({ ...batch, selected: [] }).error).toBeUndefined()
    }),
    runs,
  )
})

test('every sampled token is credited at most once, mergedWhole alone excepted', () => {
  fc.assert(
    fc.property(batchArbitrary, (batch) => {
      const { credit } = solve(batch)
      const { variant } = batch.options
      const counts = batch.groups.map(({ rollouts }) =>
        rollouts.map(({ sampledTokens }) => Array<number>(sampledTokens).fill(0)),
      )
      const count = (tokens: number[], start: number, end: number): void => {
        expect(start).toBeGreaterThanOrEqual(0)
        expect(end).toBeLessThanOrEqual(tokens.length)
        for (let at = start; at < end; at += 1) tokens[at]! += 1
      }
      credit.rollouts.forEach((group, g) =>
        group.forEach((spans, i) => spans.forEach(({ start, end }) => count(counts[g]![i]!, start, end))),
      )
      for (const { group, source, index, spans } of credit.continuations) {
        const of = batch.continuations.find((entry) => entry.group === group && entry.source === source)!
        const prefix = variant === 'noPrefixFix' ? 0 : batch.groups[group]!.rollouts[source]!.prefixTokens!
        // The inherited tokens are those of the source: counted there.
        const own = Array<number>(of.outcomes[index]!.sampledTokens).fill(0)
        for (const { start, end } of spans) {
          count(own, start, end)
          if (start < prefix) count(counts[group]![source]!, start, Math.min(end, prefix))
        }
        expect(Math.max(0, ...own)).toBeLessThanOrEqual(1)
      }
      if (variant !== 'mergedWhole') expect(Math.max(0, ...counts.flat(2))).toBeLessThanOrEqual(1)
    }),
    runs,
  )
})

test('mergedWhole does credit inherited tokens more than once', () => {
  const cases = fc.sample(batchArbitrary, { numRuns: 200, seed: 1 })
  const whole = cases.map((batch) => ({ ...batch, options: { ...batch.options, variant: 'mergedWhole' as const } }))
  const starts = whole.flatMap((batch) =>
    solve(batch).credit.continuations.flatMap(({ spans }) => spans.map(({ start }) => start)),
  )
  expect(starts.length).toBeGreaterThan(0)
  expect(new Set(starts)).toEqual(new Set([0]))
})

test('the budget is never exceeded, and is used up while candidates are left', () => {
  fc.assert(
    fc.property(batchArbitrary, (batch) => {
      const { selected, slots } = planBatch(batch)
      const { budget, resamples, variant } = batch.options
      const planned = batch.groups.reduce((sum, { rollouts }) => sum + rollouts.length, 0)
      const hundredths = Math.round(budget! * 100) * planned
      expect(selected.length * resamples! * 100).toBeLessThanOrEqual(hundredths)
      expect(slots.used).toBe(selected.length)
      expect(slots.available).toBe(variant === 'grpo' ? 0 : Math.floor(hundredths / (100 * resamples!)))
      const options = resolveOptions(batch.options)
      const candidates = batch.groups.flatMap((group, index) =>
        triggered(group, options) ? rankPrefixes(group, index, options) : [],
      )
      expect(selected.length).toBe(Math.min(candidates.length, slots.available))
    }),
    runs,
  )
})

test('selected are candidates of triggered groups, once each, breadth-first', () => {
  fc.assert(
    fc.property(batchArbitrary, (batch) => {
      const options = resolveOptions(batch.options)
      const plan = planBatch(batch)
      const taken = batch.groups.map(() => 0)
      let depth = 0
      for (const { group, source } of plan.selected) {
        expect(plan.triggered).toContain(group)
        const ranked = rankPrefixes(batch.groups[group]!, group, options)
        expect(ranked[taken[group]!]?.source).toBe(source)
        expect(taken[group]).toBeGreaterThanOrEqual(depth)
        if (taken[group]! > depth) {
          depth = taken[group]!
          // A second prefix only once every triggered group that has a first one got it.
          for (const other of plan.triggered)
            expect(taken[other]).toBeGreaterThanOrEqual(
              Math.min(depth, rankPrefixes(batch.groups[other]!, other, options).length),
            )
        }
        taken[group]! += 1
      }
    }),
    runs,
  )
})

test('advantages of a plain group, and of the continuations of a prefix, sum to zero', () => {
  fc.assert(
    fc.property(batchArbitrary, (batch) => {
      const plain = solve({ ...batch, options: { ...batch.options, variant: 'grpo' } })
      expect(plain.selected).toEqual([])
      for (const [g, group] of plain.credit.rollouts.entries()) {
        // A rollout without tokens has no span to carry its advantage.
        if (batch.groups[g]!.rollouts.some(({ sampledTokens }) => sampledTokens === 0)) continue
        expect(group.flat().reduce((sum, { advantage }) => sum + advantage, 0)).toBeCloseTo(0, 9)
      }
    }),
    runs,
  )
})

test('a permutation of the questions changes nothing but their order', () => {
  fc.assert(
    fc.property(batchArbitrary, fc.nat(), (made, shift) => {
      // Ties go by task order, and `input` and `random` mean the order itself.
      const batch: Batch = { ...made, options: { ...made.options, order: 'confidence', ranking: 'probability' } }
      const options = resolveOptions(batch.options)
      const keys = batch.groups.flatMap((group, index) =>
        rankPrefixes(group, index, options).map((entry) => entry.confidence),
      )
      fc.pre(new Set(keys).size === keys.length)
      const size = batch.groups.length
      const moved = (index: number): number => (index + shift) % size
      const groups: Batch['groups'] = []
      batch.groups.forEach((group, index) => (groups[moved(index)] = group))
      const continuations = batch.continuations.map((entry) => Object.assign({}, entry, { group: moved(entry.group) }))
      const there = solve({ ...batch, groups, continuations })
      const here = solve(batch)
      expect(there.selected).toEqual(here.selected.map(({ group, source }) => ({ group: moved(group), source })))
      expect(batch.groups.map((_, index) => there.credit.rollouts[moved(index)])).toEqual(here.credit.rollouts)
      expect(there.credit.continuations.map(({ spans }) => spans)).toEqual(
        here.credit.continuations.map(({ spans }) => spans),
      )
      expect(there.diagnostics).toEqual(here.diagnostics)
    }),
    runs,
  )
})
