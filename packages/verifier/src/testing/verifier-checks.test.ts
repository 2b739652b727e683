import { runChecks } from '@interleave/trajectory/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineVerifier } from '../define-verifier.ts'
import { extractAnswer } from '../extract/extract-answer.ts'
import type { Verdict, Verifier } from '../verifier.ts'
import { validate } from './validate.ts'
import { verifierChecks } from './verifier-checks.ts'

type Verify = (text: string, reference: string) => Verdict | Promise<Verdict>

const scored = (right: boolean): Verdict => ({ status: 'scored', score: right ? 1 : 0, explanation: '.' })
const honest = (text: string, reference: string): Verdict => scored(extractAnswer(text).answer === reference)

function verifier(verify: Verify): Verifier<z.ZodString> {
  return defineVerifier({
    name: 'test',
    version: '1',
    reference: z.string().min(1),
    verify: ({ text }, reference) => verify(text, reference),
    examples: (reference) => ({ accept: `<answer>${reference}</answer>`, reject: `<answer>${reference}x</answer>` }),
  })
}

const silent = defineVerifier({
  name: 'silent',
  version: '1',
  reference: z.string().min(1),
  verify: ({ text }, reference) => honest(text, reference),
})

async function failures(subject: Verifier, references = ['7', 'red'], timeoutMs = 1_000): Promise<string[]> {
  const results = await runChecks(verifierChecks(subject, { references, timeoutMs }))
  return results.filter(({ status }) => status === 'failed').map(({ name }) => name.slice(0, name.indexOf(':')))
}

describe('verifierChecks', () => {
  test('an honest verifier passes', async () => {
    expect(await failures(verifier(honest))).toEqual([])
  })

  test('a judge that answers later, and cannot decide at times, passes', async () => {
    const judge: Verify = async (text, reference) => {
      await new Promise((resolve) => setImmediate(resolve))
      const { answer } = extractAnswer(text)
      return answer === null ? { status: 'unscored', explanation: 'nothing to judge' } : scored(answer === reference)
    }
    expect(await failures(verifier(judge))).toEqual([])
  })

  let calls = 0
  test.each<[string, Verify, string[]]>([
    ['accepts anything', () => scored(true), ['examples', 'empty', 'thinking', 'hostile']],
    ['accepts nothing', () => scored(false), ['examples', 'thinking']],
    ['never says the same', (...all) => ({ ...honest(...all), explanation: `${(calls += 1)}` }), ['determinism']],
    ['remembers', remembering(), ['determinism']],
    [
      'takes an empty answer for right',
      (text, reference) => scored(reference.startsWith(extractAnswer(text).answer ?? '')),
      ['empty', 'thinking', 'hostile'],
    ],
    ['gives half for an empty reply', (text, r) => (text === '' ? half : honest(text, r)), ['empty']],
    ['reads the thinking', (text, reference) => scored(text.includes(`<answer>${reference}</answer>`)), ['thinking']],
    [
      'gives a score with unscored',
      (...all) => (all[0] === '' ? { ...honest(...all), status: 'unscored' } : honest(...all)),
      ['unscored'],
    ],
    [
      'returns what JSON loses',
      (...all) => ({ ...honest(...all), details: { at: undefined as never } }),
      ['examples', 'determinism', 'empty', 'thinking', 'json', 'hostile'],
    ],
    ['throws on long input', (...all) => (all[0].length > 50_000 ? fail() : honest(...all)), ['hostile']],
    ['is slow on long input', (...all) => (all[0].length > 50_000 ? stall(80) : honest(...all)), ['hostile']],
    ['waits on long input', (...all) => (all[0].length > 50_000 ? forever() : honest(...all)), ['hostile']],
  ])('fails one that %s', async (_, verify, expected) => {
    const failed = await failures(verifier(verify), ['7', 'red'], 60)
    expect(failed).toEqual(expected)
  })

  test('fails one that has no examples', async () => {
    expect(await failures(silent)).toEqual(['examples', 'determinism', 'thinking', 'unscored', 'json'])
  })

  test('fails one that was not made by defineVerifier', async () => {
    expect(await failures({ ...verifier(honest) })).toEqual(['definition'])
  })

  test('fails without references, and on a reference that does not parse', async () => {
    expect(await failures(verifier(honest), [])).toContain('examples')
    expect(await failures(verifier(honest), [''])).toContain('examples')
  })
})

describe('validate', () => {
  test('names each reference that cannot be used, and why', async () => {
    const picky = verifier((text, reference) => {
      if (reference === 'throws') throw new Error('lost')
      if (reference === 'unsure') return { status: 'unscored', explanation: 'no idea' }
      if (reference === 'lax') return scored(true)
      return reference === 'unmatchable' ? scored(false) : honest(text, reference)
    })
    const issues = await validate(picky, ['fine', '', 'throws', 'unsure', 'lax', 'unmatchable', 7])
    expect(issues.map(({ index, code }) => [index, code])).toEqual([
      [1, 'bad_reference'],
      [2, 'failed'],
      [3, 'unscored'],
      [4, 'reject_accepted'],
      [5, 'accept_refused'],
      [6, 'bad_reference'],
    ])
    expect(issues[4]?.message).toBe('"<answer>unmatchable</answer>" scores 0: .')
  })

  test('asks for examples where there are none', async () => {
    await expect(validate(silent, ['x'])).rejects.toMatchObject({
      code: 'no_examples',
    })
  })

  test('stops when cancelled', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(validate(verifier(honest), ['x'], { signal })).rejects.toThrow('stop')
  })
})

const half: Verdict = { status: 'scored', score: 0.5, explanation: '.' }
const forever = (): Promise<Verdict> => new Promise(() => {})

function fail(): never {
  throw new RangeError('too long')
}

/** Holds the thread, as a bad regular expression does: no timer can interrupt it. */
function stall(ms: number): Verdict {
  const end = performance.now() + ms
  while (performance.now() < end);
  return scored(false)
}

/** Its verdict depends on what it judged before. */
function remembering(): Verify {
  let last = ''
  return (text, reference) => {
    const before = last
    last = text
    return { ...honest(text, reference), explanation: `after ${before.length}` }
  }
}
