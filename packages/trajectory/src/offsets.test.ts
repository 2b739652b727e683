import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import * as offsets from './offsets.ts'
import type { Segment } from './segment.ts'
import { exampleTrajectory } from './testing/example-trajectory.ts'

const hash = '0'.repeat(64)
const pad = 7

/** Segments of any origins; pads with images of any expansion in context. */
const segments = fc
  .array(
    fc.record({
      origin: fc.constantFrom('context' as const, 'policy' as const, 'inherited' as const),
      // A number is an image of that many effective tokens, null is a plain token.
      tokens: fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, fc.integer({ min: 1, max: 5 })), {
        minLength: 1,
        maxLength: 6,
      }),
      list: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((drawn): Segment[] => {
    let start = 0
    return drawn.map(({ origin, tokens, list }) => {
      const ids = tokens.map((length, index) => (length !== null && origin === 'context' ? pad : 100 + index))
      const segment: Segment = { kind: 'template', turn: 0, origin, text: '', tokens: ids }
      const images = tokens.flatMap((length, index) => {
        if (length === null || origin !== 'context') return []
        const effective = list ? Array.from({ length }, (_, nth) => 1000 + nth) : { id: pad, length }
        return [{ hash, at: start + index, effective }]
      })
      if (images.length > 0) segment.images = images
      start += tokens.length
      return segment
    })
  })

const flags = (list: readonly Segment[]): boolean[] =>
  list.flatMap((segment) => segment.tokens.map(() => offsets.isSampled(segment)))

test('segments are placed end to end', () => {
  fc.assert(
    fc.property(segments, (list) => {
      const tokens = offsets.logicalTokens(list)
      expect(tokens.length).toBe(offsets.logicalLength(list))
      for (const { segment, start, end } of offsets.placeSegments(list))
        expect(tokens.slice(start, end)).toEqual(segment.tokens)
    }),
  )
})

test('sampled runs cover the sampled tokens and no others, and never touch', () => {
  fc.assert(
    fc.property(segments, (list) => {
      const covered = flags(list).map(() => false)
      let last = -1
      for (const { start, end } of offsets.sampledRuns(list)) {
        expect(start).toBeGreaterThan(last)
        covered.fill(true, start, end)
        last = end
      }
      expect(covered).toEqual(flags(list))
      expect(offsets.sampledLength(list)).toBe(covered.filter(Boolean).length)
    }),
  )
})

test('a span of sampled tokens goes to logical offsets and back', () => {
  fc.assert(
    fc.property(segments, fc.nat(30), fc.nat(30), (list, one, other) => {
      const length = offsets.sampledLength(list)
      const span = { start: Math.min(one, other, length), end: Math.min(Math.max(one, other), length) }
      const logical = offsets.sampledToLogical(list, span)
      const positions = flags(list).flatMap((sampled, at) => (sampled ? [at] : []))
      const found = logical.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, nth) => start + nth))
      expect(found).toEqual(positions.slice(span.start, span.end))
      const counts = logical.map(({ start, end }) => [start, end].map((at) => offsets.logicalToSampled(list, at)))
      let from = span.start
      for (const [start, end] of counts) {
        expect(start).toBe(from)
        from = end ?? from
      }
      if (logical.length > 0) expect(from).toBe(span.end)
    }),
  )
})

test('a span beyond the sampled tokens is refused', () => {
  const list = exampleTrajectory().segments
  const length = offsets.sampledLength(list)
  expect(() => offsets.sampledToLogical(list, { start: 0, end: length + 1 })).toThrow(`the ${length} sampled tokens`)
  expect(() => offsets.sampledToLogical(list, { start: -1, end: 1 })).toThrow(
    expect.objectContaining({ code: 'bad_offset' }),
  )
})

test('effective offsets agree with the effective tokens', () => {
  fc.assert(
    fc.property(segments, (list) => {
      const tokens = offsets.logicalTokens(list)
      const effective = offsets.effectiveTokens(list)
      expect(offsets.toEffective(list, tokens.length)).toBe(effective.length)
      const imageAt = new Set(list.flatMap(({ images = [] }) => images.map(({ at }) => at)))
      tokens.forEach((token, at) => {
        const from = offsets.toEffective(list, at)
        const to = offsets.toEffective(list, at + 1)
        if (imageAt.has(at)) expect(to - from).toBeGreaterThanOrEqual(1)
        else expect(effective.slice(from, to)).toEqual([token])
      })
    }),
  )
})

test('the example expands its two pads by three tokens each', () => {
  const { segments: list } = exampleTrajectory()
  expect(offsets.effectiveTokens(list).length).toBe(offsets.logicalLength(list) + 6)
})
