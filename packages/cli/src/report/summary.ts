import path from 'node:path'
import { readJsonLines } from '@interleave/trajectory'
import { z } from 'zod'
import { formatTable, percent, short } from './table.ts'

const share = z.number().nullable()

/** What the table needs of a line of `metrics.jsonl`. */
const metricsSchema = z.looseObject({
  step: z.int(),
  diagnostics: z.looseObject({
    questions: z.int(),
    rollouts: z.int(),
    successRate: share,
    toolUseRate: share,
    allWrongTool: z.object({ before: share, after: share }),
    recoveryRate: share,
    extraRollouts: z.int(),
    budget: z.object({ available: z.int(), used: z.int() }),
    tokens: z.object({ rollouts: z.int(), extra: z.int() }),
    void: z.object({ rollouts: z.int(), continuations: z.int() }),
  }),
})

const head = [
  'step',
  'questions',
  'rollouts',
  'void',
  'correct',
  'tool use',
  'all wrong',
  'recovered',
  'prefixes',
  'tokens',
]

/**
 * The table that a run ends with, over all its steps. `rollouts` and `tokens` name what resampling added after a plus;
 * `all wrong` is the share of tool-using subgroups without a correct rollout, before and after resampling.
 */
export async function summaryTable(folder: string): Promise<string> {
  const rows: (string | number | null)[][] = []
  for await (const { value } of readJsonLines(path.join(folder, 'metrics.jsonl'), { schema: metricsSchema })) {
    const { allWrongTool, budget, extraRollouts, questions, recoveryRate, rollouts, successRate, tokens, toolUseRate } =
      value.diagnostics
    rows.push([
      value.step,
      questions,
      `${rollouts} + ${extraRollouts}`,
      value.diagnostics.void.rollouts + value.diagnostics.void.continuations,
      percent(successRate),
      percent(toolUseRate),
      allWrongTool.before === null
        ? null
        : `${(allWrongTool.before * 100).toFixed(1)} to ${percent(allWrongTool.after)}`,
      percent(recoveryRate),
      `${budget.used}/${budget.available}`,
      `${short(tokens.rollouts)} + ${short(tokens.extra)}`,
    ])
  }
  return formatTable(head, rows)
}
