import { creditInputSchema, planInputSchema } from './batch.ts'
import type { BatchCredit } from './assign-credit.ts'
import { creditBatch } from './credit-batch.ts'
import type { Diagnostics } from './diagnose.ts'
import { parseOrThrow } from './parse-or-throw.ts'
import { planBatch, type Plan } from './plan-batch.ts'

/** One line of `interleave axpo plan`: `{ groups, options }` in, the plan out, with the line's `id` if it has one. Throws `bad_row`. */
export function planRow(row: unknown): { id?: unknown } & Plan {
  return { ...idOf(row), ...planBatch(parseOrThrow(planInputSchema, row, 'bad_row', '')) }
}

/**
 * One line of `interleave axpo credit`: `{ groups, options, selected, continuations }` in, credit and diagnostics out, with
 * the line's `id` if it has one. Throws `bad_row`, `bad_selection` or `bad_continuations`.
 */
export function creditRow(row: unknown): { id?: unknown; credit: BatchCredit; diagnostics: Diagnostics } {
  return { ...idOf(row), ...creditBatch(parseOrThrow(creditInputSchema, row, 'bad_row', '')) }
}

function idOf(row: unknown): { id?: unknown } {
  return typeof row === 'object' && row !== null && 'id' in row ? { id: row.id } : {}
}
