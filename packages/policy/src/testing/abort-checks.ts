import { expectCheck, skipCheck, type Check } from '@interleave/trajectory/testing'
import type { GenerateResult } from '../policy.ts'
import { equalTokens } from './equal-tokens.ts'
import type { Asked, PolicySubject } from './policy-subject.ts'

/** What becomes of a request whose signal fires. */
export function abortChecks(subject: PolicySubject): Check[] {
  const { longTokens } = subject.options

  /** Asks, aborts so much later (at once for null), and gives what the request ended in: a reply, or null where it rejected. */
  async function aborted(
    asked: Asked,
    afterMs: number | null,
  ): Promise<{ result: GenerateResult | null; late: boolean }> {
    const controller = new AbortController()
    const request = subject.request({ maxTokens: longTokens, stopTokens: [], ...asked, signal: controller.signal })
    let late = false
    const outcome = subject.policy
      .generate(request)
      .catch(() => null)
      .finally(() => (late = !controller.signal.aborted))
    if (afterMs !== null) await new Promise((resolve) => setTimeout(resolve, afterMs))
    controller.abort(new Error('the check aborted it'))
    return { result: await subject.within(outcome, 'an aborted request'), late }
  }

  function expectDeclared(result: GenerateResult | null): void {
    const { abort } = subject.capabilities
    if (result === null)
      expectCheck(!abort, 'an aborted request rejected; abort is declared, so it must return what was drawn')
    else expectCheck(result.finish !== 'abort' || abort, 'finish is "abort" and abort is not declared')
  }

  return [
    {
      name: 'abort before: a request whose signal has fired draws no whole reply',
      async run() {
        const signal = AbortSignal.abort(new Error('the check aborted it'))
        const outcome = subject.policy.generate(subject.request({ maxTokens: longTokens, signal })).catch(() => null)
        const result = await subject.within(outcome, 'an aborted request')
        expectDeclared(result)
        expectCheck(result === null || result.finish === 'abort', `it was answered with finish "${result?.finish}"`)
      },
    },
    {
      name: 'abort under way: ends the request in time, with what was drawn where declared',
      async run() {
        let [underWay, ended] = [0, 0]
        for (const afterMs of [0, 5, 50]) {
          const { result, late } = await aborted({ seed: 3 }, afterMs)
          expectDeclared(result)
          if (!late) underWay += 1
          if (result === null) ended += 1
          if (result?.finish !== 'abort') continue
          ended += 1
          await expectStart(result)
        }
        // One reply may have been on its way when its signal fired; not all of them.
        expectCheck(underWay === 0 || ended > 0, `${underWay} requests were aborted under way and drawn to their end`)
        if (underWay === 0) skipCheck('replies come too fast to be aborted; ask for more tokens with longTokens')
      },
    },
    {
      name: 'abort after: later requests and those beside it are as before',
      async run() {
        const seeds = [1, 2, 3, 4]
        const askAll = (): Promise<GenerateResult[]> => Promise.all(seeds.map((seed) => subject.ask({ seed })))
        const before = await askAll()
        const [during] = await Promise.all([askAll(), aborted({ seed: 5 }, null)])
        const after = await askAll()
        for (const [index, { tokens, finish }] of [...during, ...after].entries()) {
          expectCheck(finish !== 'abort' && tokens.length > 0, 'aborting one request ended another')
          if (subject.capabilities.seeded)
            expectCheck(equalTokens(tokens, before[index % 4]?.tokens), 'aborting one request changed another')
        }
      },
    },
  ]

  /** What was drawn before an abort must be the start of what is drawn without one. */
  async function expectStart({ tokens, logprobs }: GenerateResult): Promise<void> {
    if (subject.capabilities.logprobs !== 'none')
      expectCheck((logprobs?.length ?? 0) === tokens.length, 'an aborted reply has not one logprob for each token')
    if (!subject.capabilities.seeded || tokens.length === 0) return
    const whole = await subject.ask({ seed: 3, stopTokens: [], maxTokens: tokens.length })
    expectCheck(equalTokens(whole.tokens, tokens), 'an aborted reply is not the start of the whole one')
  }
}
