import { wait } from '../http/wait.ts'
import type { WireReply } from '../wire/wire.ts'
import type { CanaryContext } from './canary-context.ts'
import type { Finding } from './finding.ts'

const headStartMs = 150
const patienceMs = 13_000
// Twice as long each time: llama.cpp looks for closed connections when nothing happened for a second, and to be asked for its
// count is something that happens.
const firstPollMs = 50

interface Long {
  readonly ended: Promise<WireReply | null>
  stop(): void
}

function askLong({ ask, identity, ids }: CanaryContext): Long {
  const controller = new AbortController()
  const room = (identity.contextTokens ?? 2_200) - ids.letters.length - 8
  // One and the same token, so that it does not end by itself.
  const [force = 0] = ids.letters
  const asked = ask({ maxTokens: Math.max(1, Math.min(2_048, room)), seed: 3, force, signal: controller.signal })
  return { ended: asked.catch(() => null), stop: () => controller.abort(new Error('The canary ended it.')) }
}

/** Whether a request that is ended by its id comes back with what was drawn. Tried twice: a busy server may be late. */
export async function abortReturns(context: CanaryContext): Promise<Finding> {
  const finding = await tryAbort(context)
  return finding.verdict === 'passed' ? finding : tryAbort(context)
}

async function tryAbort(context: CanaryContext): Promise<Finding> {
  const canary = 'abort'
  const long = askLong(context)
  await wait(headStartMs, context.signal)
  long.stop()
  const reply = await long.ended
  if (reply === null) return { canary, verdict: 'not_proven', detail: 'nothing came back; its connection was closed' }
  if (reply.finish === 'abort')
    return { canary, verdict: 'passed', detail: `ended by its id, came back with ${reply.tokens.length} tokens` }
  return {
    canary,
    verdict: 'not_proven',
    detail: `its ${reply.tokens.length} tokens were there before it could be ended`,
  }
}

/** Whether the server stops working on a request that is ended, by its own count. */
export async function abortFrees(context: CanaryContext): Promise<Finding> {
  const canary = 'abort frees the server'
  const count = async (): Promise<number | undefined> => context.wire.running?.(context.client, context.signal)
  const reach = async (accept: (running: number) => boolean): Promise<boolean> => {
    const until = performance.now() + patienceMs
    for (let pollMs = firstPollMs; performance.now() < until; pollMs *= 2) {
      const running = await count()
      if (running !== undefined && accept(running)) return true
      await wait(pollMs, context.signal)
    }
    return false
  }
  // vLLM counts when it draws: a short reply brings its count up to date.
  await context.ask({ maxTokens: 1 })
  const before = await count()
  if (before === undefined)
    return { canary, verdict: 'not_proven', detail: 'the server does not tell how many requests it works on' }
  const long = askLong(context)
  const begun = await Promise.race([reach((running) => running > before), long.ended.then(() => false)])
  long.stop()
  if (!begun) return { canary, verdict: 'not_proven', detail: 'the request was over before it was counted' }
  const stopped = performance.now()
  const freed = await reach((running) => running <= before)
  await long.ended
  return freed
    ? { canary, verdict: 'passed', detail: `stopped ${Math.round(performance.now() - stopped)} ms after it was ended` }
    : { canary, verdict: 'failed', detail: `went on for ${patienceMs} ms after it was ended` }
}
