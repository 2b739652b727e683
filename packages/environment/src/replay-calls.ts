import type { ToolSession } from '@interleave/tool'
import { FaultError, type Segment } from '@interleave/trajectory'

/**
 * Brings tools to where a rollout's were: makes the calls of its segments again and holds each outcome against the recorded
 * one. Throws a `replay_diverged` fault where they differ.
 */
export async function replayCalls(session: ToolSession, segments: readonly Segment[]): Promise<void> {
  for (const { call, outcome } of segments) {
    if (call === undefined || outcome === undefined) continue
    if (outcome.error?.code === 'too_many_calls') session.refuse(call, outcome.error.code, outcome.error.message)
    else {
      const problem = outcome.error?.code === 'invalid_call' ? { problem: outcome.error.message } : {}
      const again = await session.call({ ...call, ...problem })
      if (JSON.stringify(again.outcome.content) !== JSON.stringify(outcome.content))
        throw new FaultError(
          'tool',
          'replay_diverged',
          `The tool ${call.tool} answered call ${call.id} differently when it was made again, so the rollout cannot be resumed after it.`,
        )
    }
  }
}
