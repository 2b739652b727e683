import { FaultError } from '@interleave/trajectory'
import { followSignal } from './abort-fan.ts'

/** How long a policy or a tool may go on after its rollout was aborted, before it is left behind. */
const graceMs = 5_000

/** The time a rollout has: a signal for what it waits on, and an end for whatever ignores the signal. */
export interface Lifetime {
  /** Fires with the caller's signal, or with a `deadline` fault. */
  readonly signal: AbortSignal
  /** Rejects with the signal's reason some seconds after it fired; never resolves. */
  readonly abandoned: Promise<never>
  close(): void
}

export function openLifetime(caller: AbortSignal, deadlineMs: number): Lifetime {
  const controller = new AbortController()
  const { signal } = controller
  let giveUp: NodeJS.Timeout | undefined
  const abandoned = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      giveUp = setTimeout(() => reject(signal.reason as Error), graceMs)
    })
  })
  const unfollow = followSignal(caller, controller)
  const deadline = setTimeout(() => {
    const message = `The rollout did not end within its ${deadlineMs} ms; raise limits.deadlineMs or look at the policy server.`
    controller.abort(new FaultError('policy', 'deadline', message))
  }, deadlineMs)
  return {
    signal,
    abandoned,
    close() {
      clearTimeout(deadline)
      clearTimeout(giveUp)
      unfollow()
    },
  }
}
