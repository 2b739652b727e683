import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  creditSchema,
  cutUnfinishedLine,
  groupSchema,
  isMissing,
  openJsonLines,
  readJsonLines,
  type JsonLine,
} from '@interleave/trajectory'
import { z } from 'zod'
import { budgetSnapshotSchema, type BudgetSnapshot } from './budget.ts'
import { keepLines } from './keep-lines.ts'
import type { StepResult } from './step-result.ts'
import { planEntrySchema } from './step-store.ts'

const count = z.int().nonnegative()
const recordsSchema = z.strictObject({ trajectories: count, groups: count, credit: count, metrics: count })

/** The last line of a step in the journal: the step is whole, and this many lines of each file are its own or earlier. */
export const commitEntrySchema = z.strictObject({
  type: z.literal('commit'),
  step: count,
  budget: budgetSnapshotSchema,
  records: recordsSchema,
})

/** A line of `journal.jsonl`. */
export const journalEntrySchema = z.discriminatedUnion('type', [planEntrySchema, commitEntrySchema])
type JournalEntry = z.output<typeof journalEntrySchema>
type Records = z.output<typeof recordsSchema>

const names = ['trajectories', 'groups', 'credit', 'metrics'] as const
/** The files that only ever grow by whole steps. */
export const committedNames: readonly string[] = [...names, 'journal'].map((name) => `${name}.jsonl`)

/** Where a run stands: the step to go on with, and the budget as the last one left it. */
export interface Committed {
  nextStep: number
  budget?: BudgetSnapshot
  records: Records
}

/**
 * Cuts the files back to the last whole step, as a kill in the middle of a commit calls for, and says where the run
 * stands. Throws `bad_run_folder` where a file has fewer lines than its journal counts.
 */
export async function repairCommitted(folder: string): Promise<Committed> {
  const journal = join(folder, 'journal.jsonl')
  await cutUnfinishedLine(journal)
  let committed: Committed = { nextStep: 0, records: { trajectories: 0, groups: 0, credit: 0, metrics: 0 } }
  let whole = 0
  for await (const { line, value } of journalLines(journal)) {
    if (value.type !== 'commit') continue
    committed = { nextStep: value.step + 1, budget: value.budget, records: value.records }
    whole = line
  }
  await keepLines(journal, whole)
  for (const name of names) await keepLines(join(folder, `${name}.jsonl`), committed.records[name])
  await removeOldPartials(folder, committed.nextStep)
  return committed
}

/** Appends a step to the files, its journal last: until that line is whole the step is not there. */
export async function commitStep(folder: string, result: StepResult, before: Records): Promise<Committed> {
  const { step, budget, entries, plan, diagnostics, trajectories, groups, credit } = result
  await appendAll(folder, 'trajectories', trajectories)
  await appendAll(folder, 'groups', groups, groupSchema)
  await appendAll(folder, 'credit', credit, creditSchema)
  await appendAll(folder, 'metrics', [{ step, plan, diagnostics }])
  // Lines, not bytes: clock readings make these differ between two runs of one seed.
  const records: Records = {
    trajectories: before.trajectories + trajectories.length,
    groups: before.groups + groups.length,
    credit: before.credit + credit.length,
    metrics: before.metrics + 1,
  }
  await appendAll<JournalEntry>(folder, 'journal', [...entries, { type: 'commit', step, budget, records }])
  return { nextStep: step + 1, budget, records }
}

async function appendAll<Value>(
  folder: string,
  name: string,
  records: readonly Value[],
  schema?: z.ZodType<Value>,
): Promise<void> {
  await using file = await openJsonLines<Value>(join(folder, `${name}.jsonl`), {
    append: true,
    ...(schema && { schema }),
  })
  for (const record of records) await file.write(record)
}

async function* journalLines(journal: string): AsyncGenerator<JsonLine<JournalEntry>> {
  try {
    yield* readJsonLines<JournalEntry>(journal, { schema: journalEntrySchema })
  } catch (error) {
    if (!(error instanceof Error && isMissing(error.cause))) throw error
  }
}

async function removeOldPartials(folder: string, nextStep: number): Promise<void> {
  const partial = join(folder, 'partial')
  const files = await readdir(partial).catch(() => [])
  for (const file of files) {
    const step = /^step-(\d+)\./.exec(file)?.[1]
    if (step !== undefined && Number(step) < nextStep) await rm(join(partial, file), { force: true })
  }
}
