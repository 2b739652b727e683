// A verifier for numeric answers: right within a tolerance that each task sets.
import assert from 'node:assert/strict'
import { defineVerifier, extractAnswer, runVerifier } from '@interleave/verifier'
import { z } from 'zod'

export const withinTolerance = defineVerifier({
  name: 'within-tolerance',
  version: '1',
  // What the reference of a task must look like; a task that has another one is refused before any rollout.
  reference: z.strictObject({ value: z.number(), tolerance: z.number().nonnegative() }),
  verify({ text }, { value, tolerance }) {
    // From <answer> tags, a \boxed{...}, or all that follows the thinking; null where there is none of them.
    const { answer, reason } = extractAnswer(text)
    const number = Number(answer ?? Number.NaN)
    if (!Number.isFinite(number))
      return { status: 'scored', score: 0, answer, explanation: 'The answer is not a number.', details: { reason } }
    // 3.13 lies on the edge of 3.14 +- 0.01, though the binary fractions nearest to them are a little further apart.
    const rounding = 2 * Number.EPSILON * Math.max(Math.abs(number), Math.abs(value))
    const right = Math.abs(number - value) <= tolerance + rounding
    const explanation = `${number} is ${right ? '' : 'not '}within ${tolerance} of ${value}.`
    return { status: 'scored', score: right ? 1 : 0, answer, explanation }
  },
  // A reply to accept and one to reject, for any reference: they let the suite try the verifier without a model.
  examples({ value, tolerance }) {
    const wrong = value + 2 * tolerance + Math.max(1, Math.abs(value))
    return { accept: `<answer>${value}</answer>`, reject: `<answer>${wrong}</answer>` }
  },
})

/** What `interleave check` needs: references as tasks hold them, the more kinds the better. */
export const checks = {
  references: [
    { value: 3.14, tolerance: 0.01 },
    { value: -40, tolerance: 0 },
    { value: 6.022e23, tolerance: 1e20 },
  ],
}

if (import.meta.main) {
  const score = async (text: string): Promise<number | null> =>
    (await runVerifier(withinTolerance, { text }, { value: 3.14, tolerance: 0.01 })).score
  assert.equal(await score('<think>22 / 7 is 3.1429.</think> So \\boxed{3.1429}'), 1)
  assert.equal(await score('<answer>3.13</answer>'), 1)
  assert.equal(await score('<answer>3.16</answer>'), 0)
  assert.equal(await score('<think>It is 3.14'), 0)
  console.log('within-tolerance: 3.1429 and 3.13 are 3.14 +- 0.01; 3.16, and 3.14 in thinking that never ends, are not')
}
