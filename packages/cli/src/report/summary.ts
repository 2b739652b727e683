import path from 'node:path'
import type { StepResult } from '@interleave/axpo'
import { readJsonLines } from '@interleave/trajectory'
import { z } from 'zod'
import { percent } from './percent.ts'
import { note, writeJsonLine } from './write-line.ts'

const share = z.number().nullable()

/** What the table needs of a line of `metrics.jsonl`. */
const metricsSchema = z.object({
  step: z.int(),
  diagnostics: z.object({
    questions: z.int(),
    rollouts: z.int(),
    successRate: share,
    toolUseRate: share,
    allWrongTool: z.object({ before: share, after: share }),
    recoveryRate: share,
    extraRollouts: z.int(),
    budget: z.object({ available: z.int(), used: z.int() }),
    void: z.object({ rollouts: z.int(), continuations: z.int() }),
  }),
})

const columns = [
  { name: 'step', width: 4 },
  { name: 'rollouts', width: 12 },
  { name: 'void', width: 4 },
  { name: 'correct', width: 8 },
  { name: 'tool use', width: 8 },
  { name: 'all wrong', width: 12 },
  { name: 'recovered', width: 9 },
  { name: 'prefixes', width: 8 },
]

/**
 * Reports a run as it goes: a row a step, or with `json` a line. A run that is resumed begins with the rows that it has.
 * `rollouts`: questions x rollouts + continuations. `all wrong`: of the questions with tool-using rollouts, those where none
 * was correct, before and after resampling. `recovered`: of the questions resampled for, those with a correct
 * continuation. `prefixes`: taken and paid for.
 */
export async function reportRun(folder: string, run: AsyncIterable<StepResult>, json: boolean): Promise<void> {
  let started = false
  for await (const { diagnostics, step } of run) {
    if (json) await writeJsonLine({ step, diagnostics })
    else {
      if (!started) await writeRows(folder, step)
      process.stdout.write(row({ step, diagnostics }))
    }
    started = true
  }
  if (started) return
  note(`${folder} was complete already.`)
  if (!json) await writeRows(folder, Infinity)
}

/** The head, and the rows of the steps before one. */
async function writeRows(folder: string, before: number): Promise<void> {
  process.stdout.write(line(columns.map(({ name }) => name)))
  const metrics = readJsonLines(path.join(folder, 'metrics.jsonl'), { schema: metricsSchema })
  for await (const { value } of metrics) if (value.step < before) process.stdout.write(row(value))
}

function row({ diagnostics, step }: z.output<typeof metricsSchema>): string {
  const { allWrongTool, budget, extraRollouts, questions, recoveryRate, rollouts, successRate, toolUseRate } =
    diagnostics
  const { before, after } = allWrongTool
  return line([
    step,
    `${questions}x${rollouts / questions} + ${extraRollouts}`,
    diagnostics.void.rollouts + diagnostics.void.continuations,
    percent(successRate),
    percent(toolUseRate),
    before === null || after === null ? '-' : `${Math.round(before * 100)} to ${Math.round(after * 100)} %`,
    percent(recoveryRate),
    `${budget.used}/${budget.available}`,
  ])
}

function line(cells: readonly (string | number)[]): string {
  return `${cells.map((cell, index) => String(cell).padStart(columns[index]?.width ?? 0)).join('  ')}\n`
}
