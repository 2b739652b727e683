import { InterleaveError, isInterleaveError, messageOf, type Task, type Trajectory } from '@interleave/trajectory'
import { checkReturned } from './check-returned.ts'
import type { Prefix, RolloutRequest, RolloutSource } from './rollout-source.ts'

/**
 * One trajectory from a source, checked. One that came back void is sampled again from the same seed, up to `retries`
 * times. Rejects with the signal's reason where it was cancelled, with `source_threw` where the source broke its promise
 * never to throw.
 */
export async function sampleOne(
  source: RolloutSource,
  from: { readonly task: Task } | { readonly prefix: Prefix },
  request: RolloutRequest,
  retries: number,
): Promise<Trajectory> {
  const { signal } = request
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted()
    const trajectory = await ask(source, from, request)
    if (trajectory.stop === 'cancelled') {
      signal.throwIfAborted()
      throw new InterleaveError(
        'bad_rollout',
        `The rollout source returned ${request.id} as cancelled, though nobody cancelled it.`,
      )
    }
    checkReturned(trajectory, request, 'prefix' in from ? from.prefix : undefined)
    if (trajectory.fault === undefined || attempt >= retries) return trajectory
  }
}

async function ask(
  source: RolloutSource,
  from: { readonly task: Task } | { readonly prefix: Prefix },
  request: RolloutRequest,
): Promise<Trajectory> {
  try {
    return await ('prefix' in from ? source.resume(from.prefix, request) : source.rollout(from.task, request))
  } catch (error) {
    request.signal.throwIfAborted()
    // Errors of ours already say what to do: a bad option, a prefix that cannot be continued.
    if (isInterleaveError(error)) throw error
    throw new InterleaveError(
      'source_threw',
      `The rollout source threw on ${request.id}: ${messageOf(error)}. A failure belongs into a trajectory with a fault.`,
      { cause: error },
    )
  }
}
