import { placeSegments, type Segment, type Trajectory } from '@interleave/trajectory'
import { exampleBoundary, exampleContinuation, exampleCredit, exampleTrajectory } from '@interleave/trajectory/testing'
import { describe, expect, it } from 'vitest'
import { creditOf } from './__fixtures__/credit-of.ts'
import { trainedTurns } from './trained-turns.ts'

const trajectory = exampleTrajectory()
const placed = placeSegments(trajectory.segments)
const drawn = placed.filter(({ segment }) => segment.origin === 'policy')
const tokens = placed.flatMap(({ segment }) => segment.tokens)
/** Where the tokens of a turn begin and end. */
const turnSpan = (turn: number): { start: number; end: number } => {
  const own = drawn.filter(({ segment }) => segment.turn === turn)
  return { start: own[0]?.start ?? 0, end: own.at(-1)?.end ?? 0 }
}
const changed = (change: (segment: Segment, index: number) => Segment): Trajectory => ({
  ...trajectory,
  segments: trajectory.segments.map(change),
})

describe('trainedTurns', () => {
  it('gives every token of every turn with its advantage, weight and logprob', () => {
    const turns = trainedTurns(trajectory, exampleCredit(trajectory, -2))
    expect(turns.map(({ end, start }) => ({ start, end }))).toEqual([turnSpan(1), turnSpan(2), turnSpan(3)])
    expect(turns.every((turn) => turn.trajectoryId === trajectory.id)).toBe(true)
    expect(turns[0]?.tokens).toEqual(tokens)
    expect(turns.flatMap(({ credit }) => credit.map((token) => token?.sampled))).toEqual(
      drawn.flatMap(({ segment }) => segment.logprobs),
    )
    for (const token of turns.flatMap(({ credit }) => credit)) expect(token).toMatchObject({ advantage: -2, weight: 1 })
  })

  it('joins spans over several segments of a turn, in any order, with a gap between them', () => {
    const { end, start } = turnSpan(1)
    const [early, late] = [
      { start: start + 1, end: start + 12, advantage: 1 },
      { start: end - 20, end: end - 1, advantage: -1, weight: 0.5 },
    ]
    const turns = trainedTurns(trajectory, creditOf(trajectory, [late, early]))
    expect(turns).toHaveLength(1)
    const [turn] = turns
    expect(turn).toMatchObject({ start: early.start, end: late.end })
    const values = turn?.credit.map((token) => token && token.advantage * token.weight)
    const gap = late.start - early.end
    expect(values).toEqual([...fill(11, 1), ...fill(gap, undefined), ...fill(19, -0.5)])
  })

  it('brings the images before each turn, and none of those after it', () => {
    const [first, second, third] = trainedTurns(trajectory, exampleCredit(trajectory))
    const hashes = trajectory.media.map(({ hash }) => hash)
    expect(first?.images.map(({ hash }) => hash)).toEqual(hashes.slice(0, 1))
    expect(second?.images.map(({ hash }) => hash)).toEqual(hashes)
    expect(third?.images).toEqual(trajectory.media)
  })

  it('has nothing of a trajectory without spans', () => {
    expect(trainedTurns(trajectory, creditOf(trajectory, []))).toEqual([])
  })

  it('takes the own tokens of a continuation', () => {
    const continuation = exampleContinuation(trajectory)
    const [turn] = trainedTurns(continuation, exampleCredit(continuation))
    expect(turn?.start).toBe(exampleBoundary(trajectory))
  })

  const { end, start } = turnSpan(1)
  const span = { start, end, advantage: 1 }
  const length = tokens.length
  it.each<[string, Trajectory, Parameters<typeof creditOf>[1], string]>([
    ['prompt tokens', trajectory, [{ ...span, start: start - 1 }], `tokens ${start - 1}-${start} were not drawn`],
    ['the observation between two turns', trajectory, [{ ...span, end: turnSpan(2).end }], 'were not drawn'],
    ['one token of an observation', trajectory, [{ ...span, end: end + 1 }], `tokens ${end}-${end + 1} were not drawn`],
    [
      'inherited tokens',
      exampleContinuation(trajectory),
      [{ start, end: exampleBoundary(trajectory) + 1, advantage: 1 }],
      'were not drawn in this trajectory',
    ],
    ['tokens twice', trajectory, [span, { ...span, start: end - 1 }], `token ${end - 1} is in two spans`],
    [
      'tokens beyond the end',
      trajectory,
      [{ start: length - 1, end: length + 1, advantage: 1 }],
      `the span ${length - 1}-${length + 1} does not lie within the ${length} tokens`,
    ],
    ['a span that ends before it starts', trajectory, [{ ...span, start: end, end: start }], 'does not lie within'],
    ['an advantage that is no number', trajectory, [{ ...span, advantage: Number.NaN }], 'advantage NaN and weight 1'],
    ['an endless weight', trajectory, [{ ...span, weight: Infinity }], 'weight Infinity'],
    [
      'missing logprobs',
      changed(({ kind, origin, text, tokens, turn }) => ({ kind, origin, text, tokens, turn })),
      [span],
      'have no logprobs',
    ],
    [
      'too few logprobs',
      changed((segment) => (segment.logprobs ? { ...segment, logprobs: segment.logprobs.slice(1) } : segment)),
      [span],
      'have no logprobs',
    ],
    ['an image without a record', { ...trajectory, media: [] }, [span], "is not among the trajectory's media"],
  ])('refuses %s', (_, given, spans, message) => {
    const read = (): unknown => trainedTurns(given, creditOf(given, spans))
    expect(read).toThrow(expect.objectContaining({ code: 'bad_credit' }))
    expect(read).toThrow(message)
  })

  it('refuses credit of another trajectory, also without spans', () => {
    const credit = { ...creditOf(trajectory, []), trajectoryId: 'rollout-7' }
    expect(() => trainedTurns(trajectory, credit)).toThrow(
      'Credit of rollout-7: it was given for the trajectory rollout-0.',
    )
  })
})

function fill<Value>(length: number, value: Value): Value[] {
  return Array.from({ length }, () => value)
}
