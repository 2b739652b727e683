import { formatTable } from '../report/table.ts'
import { baseline } from './methods.ts'
import type { Estimate, MethodSummary } from './study-summary.ts'

/** The tables of a study: what each method came to, how it differs from GRPO, and every run. */
export function studyTables(summary: readonly MethodSummary[]): string {
  const ends = formatTable(
    ['at the end', 'Pass@1', 'Pass@4', 'tool use', 'all wrong', 'recovered', 'in view', 'rollouts'],
    summary.map(({ mean, method }) => [
      method,
      percent(mean.passAt1),
      percent(mean.passAt4),
      percent(mean.toolUse),
      percent(mean.allWrong),
      percent(mean.recovery),
      percent(mean.recoveryInView),
      mean.rollouts === null ? null : Math.round(mean.rollouts),
    ]),
  )
  const compared = summary.flatMap(({ difference, method }) =>
    difference === undefined ? [] : [{ difference, method }],
  )
  const differences =
    compared.length === 0
      ? []
      : [
          formatTable(
            [`less ${baseline}`, 'Pass@1', 'Pass@4', 'tool use', 'all wrong'],
            compared.map(({ difference, method }) => [
              method,
              points(difference.passAt1),
              points(difference.passAt4),
              points(difference.toolUse),
              points(difference.allWrong),
            ]),
          ),
        ]
  const runs = [...new Set(summary.flatMap((method) => method.runs.map(({ run }) => run)))].toSorted((a, b) => a - b)
  const everyRun = formatTable(
    ['Pass@1 of run', ...summary.map(({ method }) => method)],
    runs.map((run) => [
      String(run),
      ...summary.map((method) => percent(method.runs.find((one) => one.run === run)?.passAt1 ?? null)),
    ]),
  )
  return [ends, ...differences, everyRun].join('\n')
}

function percent(share: number | null): string | null {
  return share === null ? null : (share * 100).toFixed(1)
}

/** A paired difference in points of a percent, with its standard error. */
function points(estimate: Estimate | null): string | null {
  if (estimate === null) return null
  const { mean, standardError } = estimate
  const size = Math.abs(mean * 100).toFixed(1)
  const value = `${mean < 0 && size !== '0.0' ? '-' : '+'}${size}`
  return standardError === null ? value : `${value} ± ${(standardError * 100).toFixed(1)}`
}
