import { runChecks } from '@interleave/trajectory/testing'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { multipleChoice } from './multiple-choice.ts'
import { parseReference } from './parse-reference.ts'
import { runVerifier } from './run-verifier.ts'
import { validate } from './testing/validate.ts'
import { verifierChecks } from './testing/verifier-checks.ts'

const data = process.env['INTERLEAVE_DATA'] ?? '../shared/data'
const mathVision = join(data, 'mathvision/test.jsonl')
const options = ['rubber', 'cotton', 'kevlar', 'leather']

async function score(text: string, reference: unknown): Promise<number | null> {
  const verifier = multipleChoice()
  return (await runVerifier(verifier, { text }, parseReference(verifier, reference))).score
}

describe('multipleChoice', () => {
  test.each([
    ['<answer>A</answer>', 1],
    ['<think>B or A?</think><answer>A</answer>', 1],
    ['<answer>rubber</answer>', 1],
    [String.raw`So the answer is \boxed{\text{A}}.`, 1],
    ['B</think>The answer is A.', 1],
    ['<think>A</think>The answer is B', 0],
    ['<answer>A</answer><answer>B</answer>', 0],
    ['<answer>A or B</answer>', 0],
    ['A man is holding it, so it is made of cotton', 0],
    ['A <answer>B</answer>', 0],
    ['<answer>E</answer>', 0],
    ['', 0],
  ])('%j', async (text, expected) => {
    expect(await score(text, { letter: 'A', options })).toBe(expected)
  })

  test.each([
    'A) or b)',
    'a) or b)',
    'a. b. c. d.',
    'A: rubber or cotton',
    'A: cotton or rubber',
    'A) rubber, B) cotton',
    'A - b',
    'A: b',
    '(a) / b',
    'A）或Ｂ',
    'A: \u0392',
    'A) is wrong',
    'A: incorrect, the answer is cotton',
    'A: not A',
    'A: not this one',
    'A: none of these',
    'A: all of the above',
    'A: both A and b',
    'A: option b',
    'A: 2',
    'A. Actually b.',
    'A. a) b) c) d)',
    'A? no. cotton',
    'A)'.repeat(50_000),
    `A: ${'x '.repeat(50_000)}`,
  ])('no hedge and no denial is accepted: %.40s', async (text) => {
    for (const reply of [text, `<answer>${text}</answer>`, String.raw`\boxed{${text}}`]) {
      expect(await score(reply, { letter: 'A', options })).toBe(0)
      expect(await score(reply, 'A')).toBe(0)
    }
  })

  test('what else follows a letter is not accepted', async () => {
    expect(await score('I: do not know', 'I')).toBe(0)
    expect(await score('I', 'I')).toBe(1)
    for (const [text, expected] of [
      ['B) 2 or 3', 0],
      ['B) 2', 1],
      ['2', 1],
      ['B) 3', 0],
    ] as const)
      expect(await score(text, { letter: 'B', options: ['1', '2', '3'] })).toBe(expected)
  })

  test('refuses a reference that is no choice, naming the field', () => {
    const verifier = multipleChoice()
    expect(() => parseReference(verifier, 'K')).toThrow(
      /^reference does not suit the verifier "multiple-choice": .*A to J/,
    )
    expect(() => parseReference(verifier, { letter: 'E', options })).toThrow(/reference\.letter .*only 4 options/)
    expect(() => parseReference(verifier, { letter: 'A', options: ['one'] })).toThrow(/^reference\.options/)
    expect(() => parseReference(verifier, { options })).toThrow(/^reference\.letter|expected a letter/)
  })

  test('passes the suite', async () => {
    const references = ['A', 'J', { letter: 'D', options }, { letter: 'B', options: ['A', 'B'] }]
    const results = await runChecks(verifierChecks(multipleChoice(), { references }))
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
  })

  test.skipIf(!existsSync(mathVision))('accepts every gold letter of MATH-Vision, with its options', async () => {
    const rows = readFileSync(mathVision, 'utf8').trim().split('\n')
    const references = rows
      .map((row) => JSON.parse(row) as { answer: string; options: string[] })
      .filter((row) => row.options.length > 0)
      .map((row) => ({ letter: row.answer, options: row.options }))
    expect(references).toHaveLength(1532)
    expect(await validate(multipleChoice(), references)).toEqual([])
  })
})
