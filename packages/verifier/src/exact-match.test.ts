import { runChecks } from '@interleave/trajectory/testing'
import { describe, expect, test } from 'vitest'
import { exactMatch, type ExactMatchOptions } from './exact-match.ts'
import { parseReference } from './parse-reference.ts'
import { runVerifier } from './run-verifier.ts'
import { verifierChecks } from './testing/verifier-checks.ts'

async function score(text: string, reference: unknown, options: ExactMatchOptions = {}): Promise<number | null> {
  const verifier = exactMatch(options)
  return (await runVerifier(verifier, { text }, parseReference(verifier, reference))).score
}

describe('exactMatch', () => {
  test.each([
    ['<answer>white</answer>', 'White.', 1],
    ['<answer>Grey</answer>', ['gray', 'grey'], 1],
    [String.raw`I see \boxed{eight}`, 'eight', 1],
    ['thought</think>eight', 'eight', 1],
    ['eight</think>nine', 'eight', 0],
    ['it is eight', 'eight', 0],
    ['', 'eight', 0],
    ['<answer>eighty</answer>', 'eight', 0],
  ])('%j against %j', async (text, reference, expected) => {
    expect(await score(text, reference)).toBe(expected)
  })

  test.each([
    ['10²', '102', 0],
    [String.raw`\boxed{10²}`, '102', 0],
    ['10₂', '102', 0],
    ['①⓪②', '102', 0],
    ['１０２', '102', 1],
    ['2⁵', '25', 0],
    ['2₅', '25', 0],
    ['x²', 'x2', 0],
    ['x²', 'x²', 1],
    ['№', 'no', 0],
    ['No.', 'no', 1],
    ['½', '1/2', 0],
    ['1½', '11/2', 0],
    ['a\u0301', '\u00e1', 1],
  ])('never changes a value: %j against %j', async (text, reference, expected) => {
    expect(await score(text, reference)).toBe(expected)
  })

  test('says what it compared', async () => {
    const verifier = exactMatch()
    expect(await runVerifier(verifier, { text: 'x <answer>7</answer>' }, parseReference(verifier, ['6', '8']))).toEqual(
      {
        verifier: 'exact-match',
        status: 'scored',
        score: 0,
        weight: 1,
        answer: '7',
        explanation: 'The answer differs from "6" or "8".',
        details: { reason: 'tag' },
      },
    )
  })

  test('options decide what counts and where an answer may stand', async () => {
    expect(await score('may', 'May')).toBe(1)
    expect(await score('may', 'May', { normalise: { case: false } })).toBe(0)
    expect(await score('5 MW', '5 mW')).toBe(1)
    expect(await score('5 MW', '5 mW', { normalise: { case: false } })).toBe(0)
    expect(await score('may', 'may', { forms: ['tag'] })).toBe(0)
    expect(await score(String.raw`\boxed{may}`, 'may', { forms: ['tag', 'box'] })).toBe(1)
  })

  test('refuses a reference that no answer could match, naming the field', () => {
    expect(() => parseReference(exactMatch(), ' . ')).toThrow(/^reference does not suit .*nothing is left/)
    expect(() => parseReference(exactMatch(), ['a', ''])).toThrow(/^reference\.1 does not suit .*nothing is left/)
    expect(() => parseReference(exactMatch(), 7)).toThrow(/^reference does not suit .*expected a text, or a list/)
    expect(() => parseReference(exactMatch(), [])).toThrow(/^reference does not suit/)
  })

  test.each([
    {},
    { forms: ['box'] },
    { forms: ['text'] },
    { normalise: { unicode: false } },
  ] satisfies ExactMatchOptions[])('passes the suite with %j', async (options) => {
    const results = await runChecks(verifierChecks(exactMatch(options), { references: ['42', ['gray', 'grey'], 'A'] }))
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
  })
})
