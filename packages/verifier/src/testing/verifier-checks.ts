import type { JsonValue } from '@interleave/trajectory'
import { expectCheck, skipCheck, type Check } from '@interleave/trajectory/testing'
import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { verifierNamePattern } from '../define-verifier.ts'
import { examplesOf } from '../examples-of.ts'
import type { Verifier } from '../verifier.ts'
import { emptyReplies, hostileTexts } from './hostile-texts.ts'
import { validate } from './validate.ts'
import { subjectOf, type Case } from './verifier-subject.ts'

export interface VerifierChecksOptions {
  /** References as tasks hold them: the more kinds, the better. At least one. */
  readonly references: readonly JsonValue[]
  /** Longest that one verdict may take, in milliseconds. Default 1,000. */
  readonly timeoutMs?: number
}

/**
 * What every verifier must satisfy, as checks for `runChecks`: it accepts its gold and rejects a corrupted reply,
 * repeats itself, accepts neither empty nor thinking-only replies, keeps unscored apart from 0, returns what JSON can hold, and
 * survives hostile input. Needs `examples` on the verifier. No model is asked unless the verifier asks one.
 */
export function verifierChecks<Reference extends z.ZodType>(
  verifier: Verifier<Reference>,
  options: VerifierChecksOptions,
): Check[] {
  const { timeoutMs = 1_000 } = options
  const { cases, judge } = subjectOf(verifier, options.references, timeoutMs)

  async function expectRefused(one: Case, text: string, what: string): Promise<void> {
    const { score } = await judge(one, text)
    expectCheck(score === null || score === 0, `${what} scores ${score} for reference ${one.shown}; it must score 0.`)
  }

  return [
    {
      name: 'definition: a frozen object with a name and a version, made by defineVerifier',
      run() {
        expectCheck(Object.isFrozen(verifier), 'make it with defineVerifier, which freezes it')
        expectCheck(verifierNamePattern.test(verifier.name), `"${verifier.name}" is no name for a verifier`)
      },
    },
    {
      name: 'examples: the gold scores 1 and a corrupted reply less, for each reference',
      async run(signal) {
        expectCheck(options.references.length > 0, 'give at least one reference')
        const issues = await validate(verifier, options.references, { signal, timeoutMs })
        const [first] = issues
        expectCheck(first === undefined, `${issues.length} references fail; number ${first?.index}: ${first?.message}`)
      },
    },
    {
      name: 'determinism: the same reply gets the same verdict, whatever was judged before or beside it',
      async run() {
        for (const one of cases()) {
          const { accept, reject } = examplesOf(verifier, one.reference)
          const alone = await judge(one, accept)
          await judge(one, reject)
          const beside = await Promise.all([accept, reject, accept, reject, accept].map((text) => judge(one, text)))
          for (const again of [await judge(one, accept), beside[0], beside[2], beside[4]])
            expectCheck(isDeepStrictEqual(again, alone), `two verdicts on one reply differ for reference ${one.shown}`)
        }
      },
    },
    {
      name: 'empty: a reply without an answer is not accepted',
      async run() {
        for (const one of cases())
          for (const text of emptyReplies) await expectRefused(one, text, `the reply ${JSON.stringify(text)}`)
      },
    },
    {
      name: 'thinking: what stands in it is no answer, and does not spoil the answer after it',
      async run() {
        for (const one of cases()) {
          const { accept, reject } = examplesOf(verifier, one.reference)
          await expectRefused(one, `<think>${accept}`, 'the gold in thinking that never closes')
          await expectRefused(one, `<think>${accept}</think>`, 'the gold in the thinking alone')
          await expectRefused(one, `${accept}</think>`, 'the gold in thinking that the prompt opened')
          const changed = await judge(one, `<think>${accept}</think>${reject}`)
          expectCheck(changed.score !== 1, 'a wrong answer is accepted where the gold stands in the thinking')
          const after = await judge(one, `${reject}</think>\n\n${accept}`)
          expectCheck(after.score === 1, `the gold after thinking scores ${after.score} for reference ${one.shown}`)
        }
      },
    },
    {
      name: 'unscored: a verifier that cannot decide gives no number',
      async run() {
        let unscored = 0
        for (const one of cases())
          for (const text of [...Object.values(examplesOf(verifier, one.reference)), ...emptyReplies]) {
            const verdict = await one.verdict(text)
            if (verdict.status !== 'unscored') continue
            unscored += 1
            expectCheck(!('score' in verdict), 'an unscored verdict carries a score; leave it out')
          }
        if (unscored === 0) skipCheck('it decided on every reply that was tried')
      },
    },
    {
      name: 'json: a verdict survives being written and read',
      async run() {
        for (const one of cases())
          for (const text of [...Object.values(examplesOf(verifier, one.reference)), ...emptyReplies]) {
            const verdict = await one.verdict(text)
            const read: unknown = JSON.parse(JSON.stringify(verdict))
            expectCheck(isDeepStrictEqual(read, verdict), `JSON changes the verdict on ${JSON.stringify(text)}`)
          }
      },
    },
    {
      name: 'hostile: 100 KB of anything is judged in time and not accepted',
      async run(signal) {
        const [one] = cases()
        expectCheck(one !== undefined, 'give at least one reference')
        for (const { name, text } of hostileTexts()) {
          signal.throwIfAborted()
          const started = performance.now()
          const { score } = await judge(one, text)
          const took = performance.now() - started
          expectCheck(took <= timeoutMs, `100 KB of ${name} took ${Math.round(took)} ms, more than ${timeoutMs} ms`)
          expectCheck(score !== 1, `100 KB of ${name} scores 1`)
        }
      },
    },
  ]
}
