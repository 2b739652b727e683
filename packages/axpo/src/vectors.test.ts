import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { BatchCredit } from './assign-credit.ts'
import type { Diagnostics } from './diagnose.ts'
import type { Plan } from './plan-batch.ts'
import { creditRow, planRow } from './rows.ts'

interface Row {
  id: string
  groups: unknown[]
  options: object
  continuations: unknown[]
  expected: Plan & { credit: BatchCredit; diagnostics: Diagnostics }
}

const file = new URL(
  'axpo-vectors/vectors.jsonl',
  new URL(`${process.env['INTERLEAVE_DATA'] ?? '../shared/data'}/`, new URL('../../../', import.meta.url)),
)
const rows: Row[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
  : []

/** Every number of `actual` within 1e-9 of its place in `expected`, everything else equal. */
function expectClose(actual: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number' && typeof actual === 'number') {
    if (Math.abs(actual - expected) > 1e-9) expect(actual, path).toBe(expected)
  } else if (typeof expected === 'object' && expected !== null && typeof actual === 'object' && actual !== null) {
    expect(Object.keys(actual).toSorted(), path).toEqual(Object.keys(expected).toSorted())
    for (const [key, value] of Object.entries(expected))
      expectClose((actual as Record<string, unknown>)[key], value, `${path}.${key}`)
  } else expect(actual, path).toEqual(expected)
}

// The vectors are laid beside the project, never in it.
describe.skipIf(rows.length === 0)(
  '400 batches of an independent program (skipped without the folder INTERLEAVE_DATA)',
  () => {
    test('all rows are there', () => expect(rows).toHaveLength(400))

    test('plan: trigger, selection in order, slots', () => {
      for (const { id, groups, options, expected } of rows) {
        const { triggered, selected, slots } = expected
        expect(planRow({ id, groups, options })).toEqual({ id, triggered, selected, slots })
      }
    })

    test('credit and diagnostics within 1e-9', () => {
      for (const { id, groups, options, continuations, expected } of rows) {
        const { credit, diagnostics, selected } = expected
        const row = creditRow({ id, groups, options, selected, continuations })
        expectClose(row, { id, credit, diagnostics }, id)
      }
    })
  },
)
