import { mean } from './mean.ts'
import type { StepRecord } from './step-record.ts'

/** The measures of a run at its end. Shares from 0 to 1; null where there was nothing to count. */
export interface RunSummary {
  readonly run: number
  readonly passAt1: number
  readonly passAt4: number
  readonly toolUse: number
  readonly allWrong: number | null
  /** Of the groups whose tool-using rollouts all failed, over all steps, those that a continuation got right. */
  readonly recovery: number | null
  /** The same, counting only continuations that were shown the target. */
  readonly recoveryInView: number | null
  /** Rollouts and continuations spent on training. */
  readonly rollouts: number
}

export type Measure = Exclude<keyof RunSummary, 'run'>

/** A mean over runs, and its standard error: null where one run says nothing of the spread. */
export interface Estimate {
  readonly mean: number
  readonly standardError: number | null
}

/** The runs of a method, their means, and how they differ from those of the same number under the baseline. */
export interface MethodSummary {
  readonly method: string
  readonly runs: readonly RunSummary[]
  readonly mean: Readonly<Record<Measure, number | null>>
  readonly difference?: Readonly<Record<'passAt1' | 'passAt4' | 'toolUse' | 'allWrong', Estimate | null>>
}

const measures: readonly Measure[] = [
  'passAt1',
  'passAt4',
  'toolUse',
  'allWrong',
  'recovery',
  'recoveryInView',
  'rollouts',
]

/** What a study came to, method by method. Runs that are not whole are left out. */
export function summariseStudy(
  methods: readonly string[],
  finished: Iterable<readonly StepRecord[]>,
  baseline: string,
): MethodSummary[] {
  const all = Map.groupBy(
    [...finished].filter((records) => records.length > 0),
    (records) => records[0]?.method ?? '',
  )
  const runsOf = (method: string): RunSummary[] =>
    (all.get(method) ?? []).map(summariseRun).toSorted((one, other) => one.run - other.run)
  const base = runsOf(baseline)
  return methods
    .filter((method) => all.has(method))
    .map((method) => {
      const runs = runsOf(method)
      const means = Object.fromEntries(
        measures.map((measure) => [measure, mean(runs.map((run) => run[measure]))]),
      ) as Record<Measure, number | null>
      if (method === baseline || base.length === 0) return { method, runs, mean: means }
      const paired = (measure: Measure): Estimate | null => pairedDifference(runs, base, measure)
      const difference = {
        passAt1: paired('passAt1'),
        passAt4: paired('passAt4'),
        toolUse: paired('toolUse'),
        allWrong: paired('allWrong'),
      }
      return { method, runs, mean: means, difference }
    })
}

function summariseRun(records: readonly StepRecord[]): RunSummary {
  const last = records.at(-1)
  const evaluation = records.findLast((record) => record.evaluation !== undefined)?.evaluation
  const total = (count: (training: NonNullable<StepRecord['training']>) => number): number =>
    records.reduce((sum, { training }) => sum + (training === undefined ? 0 : count(training)), 0)
  const triggered = total((training) => training.triggered)
  const resampledFor = triggered > 0 ? triggered : null
  return {
    run: last?.run ?? 0,
    passAt1: evaluation?.passAt1 ?? 0,
    passAt4: evaluation?.passAt4 ?? 0,
    toolUse: evaluation?.toolUse ?? 0,
    allWrong: evaluation?.allWrong ?? null,
    recovery: resampledFor && total((training) => training.recovered) / resampledFor,
    recoveryInView: resampledFor && total((training) => training.recoveredInView) / resampledFor,
    rollouts: last?.rollouts ?? 0,
  }
}

/** The mean over runs of a measure less that of the baseline's run of the same number. */
export function pairedDifference(
  runs: readonly RunSummary[],
  base: readonly RunSummary[],
  measure: Measure,
): Estimate | null {
  const differences = runs.flatMap((run) => {
    const other = base.find((one) => one.run === run.run)?.[measure]
    const own = run[measure]
    return own === null || other === null || other === undefined ? [] : [own - other]
  })
  const middle = mean(differences)
  if (middle === null) return null
  if (differences.length < 2) return { mean: middle, standardError: null }
  const squares = differences.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return { mean: middle, standardError: Math.sqrt(squares / (differences.length - 1) / differences.length) }
}
