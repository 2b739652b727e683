import { expect, test } from 'vitest'
import { lintTrajectory } from './lint/lint-trajectory.ts'
import { exampleContinuation, exampleTrajectory } from './testing/example-trajectory.ts'
import { TrajectoryBuilder } from './testing/trajectory-builder.ts'
import { turnRecords } from './turn-records.ts'

test('records are those of a trajectory made turn by turn', () => {
  for (const { segments, turns } of [exampleTrajectory(), exampleContinuation()])
    expect(turnRecords(segments)).toEqual(turns)
  const { segments } = exampleTrajectory()
  expect(turnRecords(segments, (turn) => (turn === 3 ? 'length' : 'stop')).map(({ finish }) => finish)).toEqual([
    'stop',
    'stop',
    'length',
  ])
  expect(turnRecords([])).toEqual([])
})

test('a turn that was inherited whole has a record that is clean', () => {
  const source = exampleTrajectory()
  const at = source.turns[2]?.prompt ?? 0
  const boundary = at + '<think>'.length
  const { segments, media } = TrajectoryBuilder.resume(source, boundary).think('So.').answer('red')
  const turns = turnRecords(segments)
  expect(turns.map(({ sampled }) => sampled > 0)).toEqual([false, false, true])
  const found = lintTrajectory(exampleTrajectory({ segments, turns, media }))
  expect(found.filter(({ rule }) => rule === 'tokens-concatenate')).toEqual([])
})
