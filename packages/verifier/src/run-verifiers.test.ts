import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { defineVerifier } from './define-verifier.ts'
import { exactMatch } from './exact-match.ts'
import { multipleChoice } from './multiple-choice.ts'
import { runVerifiers } from './run-verifiers.ts'
import type { Verdict } from './verifier.ts'

const tagged = defineVerifier({
  name: 'tagged',
  version: '1',
  reference: z.unknown(),
  verify: ({ text }) => ({ status: 'scored', score: text.includes('<answer>') ? 1 : 0, explanation: 'looked' }),
})

describe('runVerifiers', () => {
  test('gives every score and their weighted mean', async () => {
    const parts = [
      { verifier: exactMatch(), weight: 0.75 },
      { verifier: tagged, weight: 0.25 },
    ]
    const { scores, reward } = await runVerifiers(parts, { text: 'yes' }, 'yes')
    expect(scores.map(({ verifier, score, weight }) => [verifier, score, weight])).toEqual([
      ['exact-match', 1, 0.75],
      ['tagged', 0, 0.25],
    ])
    expect(reward).toBe(0.75)
  })

  test('no reward where a part that counts is unscored; its weight decides', async () => {
    const verify = (): Verdict => ({ status: 'unscored', explanation: 'no judge here' })
    const judge = defineVerifier({ name: 'judge', version: '1', reference: z.unknown(), verify })
    const input = { text: 'yes' }
    expect((await runVerifiers([{ verifier: exactMatch() }, { verifier: judge }], input, 'yes')).reward).toBeNull()
    const unweighted = await runVerifiers([{ verifier: exactMatch() }, { verifier: judge, weight: 0 }], input, 'yes')
    expect(unweighted.reward).toBe(1)
    expect(unweighted.scores[1]).toMatchObject({ status: 'unscored', score: null, weight: 0 })
  })

  test('a reference that suits not all of them is refused before any runs', async () => {
    const verify = vi.fn<() => Verdict>()
    const first = defineVerifier({ name: 'first', version: '1', reference: z.unknown(), verify })
    const run = runVerifiers([{ verifier: first }, { verifier: multipleChoice() }], { text: 'A' }, 'Paris')
    await expect(run).rejects.toMatchObject({ code: 'bad_reference' })
    expect(verify).not.toHaveBeenCalled()
  })
})
