import { runChecks } from '@interleave/trajectory/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineVerifier } from '../define-verifier.ts'
import { exactMatch } from '../exact-match.ts'
import { multipleChoice } from '../multiple-choice.ts'
import { parseReference } from '../parse-reference.ts'
import { runVerifier } from '../run-verifier.ts'
import { verifierChecks } from '../testing/verifier-checks.ts'
import type { Verifier } from '../verifier.ts'
import { allOf } from './all-of.ts'
import { anyOf } from './any-of.ts'
import { firstScored } from './first-scored.ts'

function fixed(name: string, score: number | null, ran: string[] = []): Verifier {
  return defineVerifier({
    name,
    version: '1',
    reference: z.unknown(),
    verify() {
      ran.push(name)
      const shared = { answer: name, explanation: `${name} says so` }
      return score === null ? { status: 'unscored', ...shared } : { status: 'scored', score, ...shared }
    },
  })
}

async function combined(
  combine: typeof allOf,
  scores: readonly (number | null)[],
): Promise<{ score: number | null; ran: number }> {
  const ran: string[] = []
  const verifier = combine({ name: 'combined', parts: scores.map((score, index) => fixed(`part${index}`, score, ran)) })
  const { score } = await runVerifier(verifier, { text: '' }, parseReference(verifier, null))
  return { score, ran: ran.length }
}

describe('combined verifiers', () => {
  test.each([
    [allOf, [1, 1], 1, 2],
    [allOf, [1, 0.5, 0.7], 0.5, 3],
    [allOf, [0, null], 0, 1],
    [allOf, [null, 0], 0, 2],
    [allOf, [null, 0.5], null, 2],
    [anyOf, [0, 0], 0, 2],
    [anyOf, [0.2, 0.7, 0.5], 0.7, 3],
    [anyOf, [1, null], 1, 1],
    [anyOf, [null, 1], 1, 2],
    [anyOf, [0.5, null], null, 2],
    [firstScored, [0, 1], 0, 1],
    [firstScored, [null, 0.5, 1], 0.5, 2],
    [firstScored, [null, null], null, 2],
  ] as const)('%o of %j is %j', async (combine, scores, score, ran) => {
    expect(await combined(combine, scores)).toEqual({ score, ran })
  })

  test('agree with their definition over any scores', async () => {
    const score = fc.constantFrom(0, 0.25, 0.5, 1, null)
    await fc.assert(
      fc.asyncProperty(fc.array(score, { minLength: 1, maxLength: 5 }), async (scores) => {
        const known = scores.filter((one) => one !== null)
        const sure = known.length === scores.length
        expect((await combined(allOf, scores)).score).toBe(known.includes(0) ? 0 : sure ? Math.min(...known) : null)
        expect((await combined(anyOf, scores)).score).toBe(known.includes(1) ? 1 : sure ? Math.max(...known) : null)
        expect((await combined(firstScored, scores)).score).toBe(known[0] ?? null)
      }),
    )
  })

  test('the verdict names the part that decided and what each said', async () => {
    const verifier = anyOf({ name: 'rule-or-judge', parts: [fixed('rule', 0), fixed('judge', 1)] })
    expect(verifier.version).toBe('rule@1+judge@1')
    expect(await runVerifier(verifier, { text: '' }, parseReference(verifier, null))).toMatchObject({
      score: 1,
      answer: 'judge',
      explanation: 'judge: judge says so',
      details: {
        parts: [
          { verifier: 'rule', score: 0, explanation: 'rule says so' },
          { verifier: 'judge', score: 1, explanation: 'judge says so' },
        ],
      },
    })
  })

  test('each part gets the reference in its own form', async () => {
    const verifier = anyOf({ name: 'either', parts: [exactMatch(), multipleChoice()] })
    const reference = parseReference(verifier, 'B')
    expect(await runVerifier(verifier, { text: '<answer>option B</answer>' }, reference)).toMatchObject({ score: 1 })
    expect(() => parseReference(verifier, 'Paris')).toThrow(/A to J \(multiple-choice\)/)
    expect(() => parseReference(verifier, { letter: 'A', options: ['x', 'y'] })).toThrow(/\(exact-match\)/)
  })

  test('a part that misbehaves is named', async () => {
    const verifier = allOf({ name: 'all', parts: [fixed('part', 2)] })
    await expect(runVerifier(verifier, { text: '' }, parseReference(verifier, null))).rejects.toThrow(
      'Verifier "part" returned 2 as a score',
    )
  })

  test('needs a part', () => {
    expect(() => anyOf({ name: 'none', parts: [] })).toThrow(/has no parts/)
  })

  test.each([allOf, anyOf, firstScored])('%o passes the suite', async (combine) => {
    const verifier = combine({ name: 'both', parts: [multipleChoice(), exactMatch()] })
    const results = await runChecks(verifierChecks(verifier, { references: ['A', 'C'] }))
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
  })

  test('without examples in any part there are none', () => {
    expect(anyOf({ name: 'bare', parts: [fixed('part', 1)] })).not.toHaveProperty('examples')
  })
})
