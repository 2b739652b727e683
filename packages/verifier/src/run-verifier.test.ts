import { FaultError, scoreSchema } from '@interleave/trajectory'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { defineVerifier } from './define-verifier.ts'
import { runVerifier } from './run-verifier.ts'
import type { Verdict, Verifier, VerifierContext } from './verifier.ts'

type Verify = (text: string, context: VerifierContext) => Verdict | Promise<Verdict>

function verifier(verify: Verify): Verifier<z.ZodString> {
  return defineVerifier({
    name: 'test',
    version: '1',
    reference: z.string(),
    verify: ({ text }, _, context) => verify(text, context),
  })
}

const right: Verdict = { status: 'scored', score: 1, explanation: 'right' }
const never = (): Promise<Verdict> => new Promise(() => {})

afterEach(() => vi.useRealTimers())

describe('runVerifier', () => {
  test('gives the score a trajectory keeps', async () => {
    const details = { rule: 'x' }
    const scored = await runVerifier(
      verifier(() => ({ ...right, answer: '7', details })),
      { text: '' },
      '',
      { weight: 2 },
    )
    expect(scored).toEqual({
      verifier: 'test',
      status: 'scored',
      score: 1,
      weight: 2,
      answer: '7',
      explanation: 'right',
      details,
    })
    expect(scoreSchema.parse(scored)).toEqual(scored)
  })

  test('unscored is null, not 0', async () => {
    const score = await runVerifier(
      verifier(() => ({ status: 'unscored', explanation: 'no judge' })),
      { text: '' },
      '',
    )
    expect(score).toMatchObject({ status: 'unscored', score: null, weight: 1, answer: null })
  })

  test.each<[string, Verify, string]>([
    ['throws', () => expect.fail('judge lost'), 'verifier_threw'],
    ['rejects', () => Promise.reject(new Error('judge lost')), 'verifier_threw'],
    ['throws another fault', () => Promise.reject(new FaultError('search', 'gone', 'judge lost')), 'verifier_threw'],
    ['throws its own fault', () => Promise.reject(new FaultError('verifier', 'mine', 'judge lost')), 'mine'],
    ['never answers', never, 'verifier_timeout'],
    ['scores above 1', () => ({ ...right, score: 1.01 }), 'bad_verdict'],
    ['scores below 0', () => ({ ...right, score: -1 }), 'bad_verdict'],
    ['scores NaN', async () => ({ ...right, score: Number.NaN }), 'bad_verdict'],
    ['scores text', () => ({ ...right, score: '1' as never }), 'bad_verdict'],
    ['returns nothing', () => undefined as never, 'bad_verdict'],
    ['returns null', () => null as never, 'bad_verdict'],
    ['has no status', () => ({ score: 1, explanation: '' }) as never, 'bad_verdict'],
    ['explains nothing', () => ({ status: 'scored', score: 1 }) as never, 'bad_verdict'],
    ['answers with a number', () => ({ ...right, answer: 7 as never }), 'bad_verdict'],
    ['has details that JSON loses', () => ({ ...right, details: { at: new Date(0) as never } }), 'bad_verdict'],
  ])('a verifier that %s is a fault of the verifier', async (_, verify, code) => {
    const run = runVerifier(verifier(verify), { text: '' }, '', { timeoutMs: 10 })
    await expect(run).rejects.toMatchObject({ boundary: 'verifier', code, name: 'FaultError' })
  })

  test('arms a timer only for a verdict that is still to come', async () => {
    vi.useFakeTimers()
    await runVerifier(
      verifier(() => right),
      { text: '' },
      '',
    )
    expect(vi.getTimerCount()).toBe(0)
    const settled = runVerifier(
      verifier(() => Promise.resolve(right)),
      { text: '' },
      '',
    )
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    expect(vi.getTimerCount()).toBe(0)
    expect(await settled).toMatchObject({ score: 1 })
    let resolve = (_verdict: Verdict): void => {}
    const later = runVerifier(
      verifier(() => new Promise((done) => (resolve = done))),
      { text: '' },
      '',
    )
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    expect(vi.getTimerCount()).toBe(1)
    resolve(right)
    expect(await later).toMatchObject({ score: 1 })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('the deadline reaches the verifier', async () => {
    let seen: AbortSignal | undefined
    const run = runVerifier(
      verifier((_, { signal }) => ((seen = signal), never())),
      { text: '' },
      '',
      { timeoutMs: 5 },
    )
    await expect(run).rejects.toMatchObject({ code: 'verifier_timeout' })
    expect(seen?.aborted).toBe(true)
  })

  test('a signal that is first read after the deadline has fired', async () => {
    let context: VerifierContext | undefined
    const run = runVerifier(
      verifier((_, given) => ((context = given), never())),
      { text: '' },
      '',
      { timeoutMs: 5 },
    )
    await expect(run).rejects.toMatchObject({ code: 'verifier_timeout' })
    expect(context?.signal.aborted).toBe(true)
  })

  test('cancelling rejects with the reason, reaches the verifier and leaves nothing behind', async () => {
    vi.useFakeTimers()
    const controller = new AbortController()
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    let seen: AbortSignal | undefined
    const judge = verifier((_, { signal }) => ((seen = signal), never()))
    const run = runVerifier(judge, { text: '' }, '', { signal: controller.signal })
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(run).rejects.toBe(reason)
    expect(seen?.aborted).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    expect(removed).toHaveBeenCalled()
    const after = vi.fn<Verify>(() => right)
    await expect(runVerifier(verifier(after), { text: '' }, '', { signal: controller.signal })).rejects.toBe(reason)
    expect(after).not.toHaveBeenCalled()
  })

  test('a verifier that throws because it was cancelled is cancelled, not at fault', async () => {
    const controller = new AbortController()
    const reason = new Error('stop')
    const judge = verifier(() => {
      controller.abort(reason)
      throw new Error('fetch failed')
    })
    await expect(runVerifier(judge, { text: '' }, '', { signal: controller.signal })).rejects.toBe(reason)
  })

  test('long answers are cut and say so', async () => {
    const answer = `${'x'.repeat(3_999)}\u{1F600}${'y'.repeat(99_999)}`
    const score = await runVerifier(
      verifier(() => ({ ...right, answer })),
      { text: '' },
      '',
    )
    expect(score.answer).toMatch(/^x{3999}\uFFFD … \(cut from 104000 characters\)$/)
  })

  test.each([-1, Number.NaN, Infinity])('refuses the weight %d', async (weight) => {
    await expect(
      runVerifier(
        verifier(() => right),
        { text: '' },
        '',
        { weight },
      ),
    ).rejects.toMatchObject({
      code: 'bad_weight',
    })
  })
})
