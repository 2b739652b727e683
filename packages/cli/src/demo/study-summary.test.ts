import { describe, expect, it } from 'vitest'
import type { StepRecord } from './step-record.ts'
import { pairedDifference, summariseStudy, type RunSummary } from './study-summary.ts'

interface Told {
  readonly passAt1: number
  readonly allWrong?: number | null
  /** By step: groups triggered, recovered, and recovered in view. */
  readonly recoveries?: readonly (readonly [number, number, number])[]
}

/** The records of a run: its start, and a step for each entry of `recoveries`, the last of them evaluated. */
function run(
  method: string,
  number: number,
  { allWrong = 0.5, passAt1, recoveries = [[0, 0, 0]] }: Told,
): StepRecord[] {
  const evaluation = (share: number): NonNullable<StepRecord['evaluation']> => ({
    passAt1: share,
    passAt4: share / 2,
    toolUse: 0.25,
    allWrong,
    allWrongNoTool: null,
  })
  const start: StepRecord = { method, run: number, step: 0, rollouts: 0, evaluation: evaluation(0.125) }
  const steps = recoveries.map(([triggered, recovered, recoveredInView], index): StepRecord => {
    const training = {
      correct: 0.5,
      toolUse: 0.5,
      allWrong: { before: 0.5, after: 0.25 },
      triggered,
      recovered,
      recoveredInView,
      trainedTokens: 10,
      metrics: {},
    }
    const record = { method, run: number, step: index + 1, rollouts: (index + 1) * 320, training }
    return index === recoveries.length - 1 ? { ...record, evaluation: evaluation(passAt1) } : record
  })
  return [start, ...steps]
}

const one = (number: number, passAt1: number, allWrong: number | null = null): RunSummary => ({
  run: number,
  passAt1,
  passAt4: 0,
  toolUse: 0,
  allWrong,
  recovery: null,
  recoveryInView: null,
  rollouts: 0,
})

describe('pairedDifference', () => {
  it('is the mean over runs of the same number, with its standard error', () => {
    // Differences 0.1, 0.2 and 0.6: mean 0.3, squared deviations 0.04 + 0.01 + 0.09, so sqrt(0.14 / 2 / 3).
    const estimate = pairedDifference(
      [one(1, 0.5), one(2, 0.5), one(3, 0.9)],
      [one(3, 0.3), one(2, 0.3), one(1, 0.4)],
      'passAt1',
    )
    expect(estimate?.mean).toBeCloseTo(0.3, 12)
    expect(estimate?.standardError).toBeCloseTo(Math.sqrt(0.07 / 3), 12)
  })

  it('leaves out runs that one of the two lacks, and those that are null in one', () => {
    const estimate = pairedDifference(
      [one(1, 0.5), one(2, 0.75), one(4, 1)],
      [one(2, 0.5), one(3, 0), one(4, 0.5)],
      'passAt1',
    )
    // 0.25 and 0.5: mean 0.375, each 0.125 off, so sqrt(2 * 0.125^2 / 1 / 2).
    expect(estimate).toEqual({ mean: 0.375, standardError: 0.125 })
    const nulls = pairedDifference([one(1, 0, 0.5), one(2, 0, null)], [one(1, 0, 0.25), one(2, 0, 0.5)], 'allWrong')
    expect(nulls).toEqual({ mean: 0.25, standardError: null })
  })

  it('has no standard error with one run, and is null with none', () => {
    expect(pairedDifference([one(1, 0.75)], [one(1, 0.5)], 'passAt1')).toEqual({ mean: 0.25, standardError: null })
    expect(pairedDifference([one(1, 0.75)], [one(2, 0.5)], 'passAt1')).toBeNull()
  })
})

describe('summariseStudy', () => {
  it('takes a run at its last evaluation and adds up its recoveries', () => {
    const recoveries = [
      [6, 4, 1],
      [4, 1, 1],
    ] as const
    const [summary] = summariseStudy(['AXPO'], [run('AXPO', 1, { passAt1: 0.75, recoveries })], 'GRPO 10')
    const shares = { passAt1: 0.75, passAt4: 0.375, toolUse: 0.25, allWrong: 0.5, rollouts: 640 }
    expect(summary?.runs).toEqual([{ run: 1, ...shares, recovery: 0.5, recoveryInView: 0.2 }])
  })

  it('has no recovery where nothing was resampled for, nor in a mean of such runs', () => {
    const finished = [
      run('AXPO', 1, { passAt1: 0.5 }),
      run('AXPO', 2, { passAt1: 0.5, recoveries: [[4, 1, 0]] }),
      run('GRPO 10', 1, { passAt1: 0.5 }),
    ]
    const [axpo, grpo] = summariseStudy(['AXPO', 'GRPO 10'], finished, 'GRPO 10')
    expect(axpo?.runs.map(({ recovery, recoveryInView }) => [recovery, recoveryInView])).toEqual([
      [null, null],
      [0.25, 0],
    ])
    expect([axpo?.mean.recovery, axpo?.mean.recoveryInView]).toEqual([0.25, 0])
    expect([grpo?.mean.recovery, grpo?.mean.recoveryInView]).toEqual([null, null])
  })

  it('orders methods as asked and runs by number, whatever came first, and leaves out methods without a run', () => {
    const finished = [
      run('AXPO', 2, { passAt1: 0.5 }),
      run('GRPO 10', 1, { passAt1: 0.25 }),
      run('AXPO', 1, { passAt1: 1 }),
      run('GRPO 10', 2, { passAt1: 0.25 }),
    ]
    const [grpo, axpo, ...more] = summariseStudy(['GRPO 10', 'merged', 'AXPO'], finished, 'GRPO 10')
    expect([grpo?.method, axpo?.method, more]).toEqual(['GRPO 10', 'AXPO', []])
    expect(axpo?.runs.map((each) => [each.run, each.passAt1])).toEqual([
      [1, 1],
      [2, 0.5],
    ])
    expect(axpo?.mean.passAt1).toBe(0.75)
    // Differences 0.75 and 0.25.
    expect(axpo?.difference?.passAt1).toEqual({ mean: 0.5, standardError: 0.25 })
    expect(axpo?.difference?.allWrong).toEqual({ mean: 0, standardError: 0 })
    expect(grpo?.difference).toBeUndefined()
  })

  it('compares with nothing where the baseline has no run', () => {
    expect(summariseStudy(['AXPO'], [run('AXPO', 1, { passAt1: 1 })], 'GRPO 10')[0]?.difference).toBeUndefined()
    expect(summariseStudy(['AXPO'], [], 'GRPO 10')).toEqual([])
  })
})
