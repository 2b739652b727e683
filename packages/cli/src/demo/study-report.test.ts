import { describe, expect, it } from 'vitest'
import { studyTables } from './study-report.ts'
import type { MethodSummary, RunSummary } from './study-summary.ts'

const noRecovery = { recovery: null, recoveryInView: null }

function run(number: number, passAt1: number, more: Partial<RunSummary> = {}): RunSummary {
  return { run: number, passAt1, passAt4: 0.75, toolUse: 0.3, allWrong: 0.5, ...noRecovery, rollouts: 9600, ...more }
}

function methodOf(method: string, runs: readonly RunSummary[], more: Partial<MethodSummary> = {}): MethodSummary {
  const { run: _, ...mean } = runs[0]!
  return { method, runs, mean, ...more }
}

const estimate = (
  mean: number,
  standardError: number | null = 0.012,
): { mean: number; standardError: number | null } => ({
  mean,
  standardError,
})

describe('studyTables', () => {
  it('writes means, differences and every run, in percent', () => {
    const grpo = methodOf('GRPO 10', [run(1, 0.4656), run(2, 0.5)])
    const axpo = methodOf('AXPO', [run(1, 0.6, { recovery: 0.4615, recoveryInView: 0.269, rollouts: 9599.6 })], {
      difference: {
        passAt1: estimate(0.1344),
        passAt4: estimate(-0.005, null),
        toolUse: estimate(0, 0),
        allWrong: null,
      },
    })
    const lines = studyTables([grpo, axpo]).split('\n')
    expect(lines).toEqual([
      'at the end  Pass@1  Pass@4  tool use  all wrong  recovered  in view  rollouts',
      'GRPO 10       46.6    75.0      30.0       50.0          -        -      9600',
      'AXPO          60.0    75.0      30.0       50.0       46.2     26.9      9600',
      '',
      'less GRPO 10       Pass@1  Pass@4    tool use  all wrong',
      'AXPO          +13.4 ± 1.2    -0.5  +0.0 ± 0.0          -',
      '',
      'Pass@1 of run  GRPO 10  AXPO',
      '            1     46.6  60.0',
      '            2     50.0     -',
      '',
    ])
  })

  it('has no table of differences where nothing is compared', () => {
    const tables = studyTables([methodOf('AXPO', [run(1, 0.5)])])
    expect(tables).not.toContain('less')
    expect(tables).toContain('Pass@1 of run')
  })

  it('fits 80 columns with the two default methods and five runs', () => {
    const runs = [1, 2, 3, 4, 5].map((number) => run(number, 1, { recovery: 1, recoveryInView: 1, rollouts: 19200 }))
    const widest = estimate(-1, 1)
    const difference = { passAt1: widest, passAt4: widest, toolUse: widest, allWrong: widest }
    const lines = studyTables([methodOf('GRPO 10', runs), methodOf('AXPO', runs, { difference })]).split('\n')
    expect(lines).toHaveLength(3 + 1 + 2 + 1 + 6 + 1)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  })
})
