import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { data, interleave } from './interleave.ts'

const vectors = path.join(data, 'axpo-vectors', 'vectors.jsonl')

interface Vector {
  id: string
  expected: { triggered: unknown; selected: unknown; slots: unknown; credit: unknown; diagnostics: unknown }
  [field: string]: unknown
}

const close = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, field: unknown) =>
    typeof field === 'number' ? expect.closeTo(field, 9) : field,
  )

describe.skipIf(!existsSync(vectors))('interleave axpo over the shared vectors (skipped where they are not)', () => {
  const rows = existsSync(vectors)
    ? readFileSync(vectors, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Vector)
    : []

  it('plans every batch as the independent program did, read from stdin', async () => {
    const input = rows.map(({ groups, id, options }) => JSON.stringify({ id, groups, options })).join('\n')
    const { exitCode, stderr, stdout } = await interleave(['axpo', 'plan'], { input })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const plans = stdout.split('\n').map((line) => JSON.parse(line) as unknown)
    expect(plans).toEqual(
      rows.map(({ expected: { selected, slots, triggered }, id }) => ({ id, triggered, selected, slots })),
    )
  })

  it('credits every batch as the independent program did', async () => {
    const input = rows
      .map(({ continuations, expected: { selected }, groups, id, options }) =>
        JSON.stringify({ id, groups, options, selected, continuations }),
      )
      .join('\n')
    const { exitCode, stdout } = await interleave(['axpo', 'credit', '-'], { input })
    expect(exitCode).toBe(0)
    const made = stdout.split('\n').map((line) => JSON.parse(line) as unknown)
    expect(made).toHaveLength(rows.length)
    made.forEach((one, index) => {
      const { credit, diagnostics } = rows[index]!.expected
      expect(one).toEqual(close({ id: rows[index]!.id, credit, diagnostics }))
    })
  })
})

describe('interleave axpo on bad input', () => {
  it.each([
    ['{"groups": 3}', /stdin:1: groups/],
    ['{"groups": [], "options": {"variant": "best"}}', /stdin:1: options\.variant/],
    ['{"groups": [', /stdin:1/],
  ])('names line and field of %s', async (input, message) => {
    const { exitCode, stderr, stdout } = await interleave(['axpo', 'plan'], { input })
    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(message)
    expect(stderr.split('\n')).toHaveLength(1)
  })
})
