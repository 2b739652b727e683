import { FaultError, InterleaveError } from '@interleave/trajectory'
import type { GenerateRequest, GenerateResult } from '../policy.ts'
import { expandPads } from './expand-pads.ts'
import { pause } from './pause.ts'
import type { ScriptedReply, ScriptedStep } from './scripted-step.ts'
import type { Stage } from './stage.ts'

/** The reply of one step to one call. */
export async function playStep(step: ScriptedStep, request: GenerateRequest, stage: Stage): Promise<GenerateResult> {
  const expanded = expandPads(request, stage)
  const { signal } = request
  const aborted = await pause(step.delayMs ?? 0, [signal, stage.disposed])
  if (stage.disposed.aborted) throw stage.disposed.reason
  if (aborted && !stage.capabilities.abort) throw signal.reason
  if ('fail' in step && !aborted)
    throw typeof step.fail === 'string' ? new FaultError('policy', 'scripted_failure', step.fail) : step.fail

  const reply: ScriptedReply = 'fail' in step ? { reply: [] } : step
  const ids = typeof reply.reply === 'function' ? reply.reply(request) : reply.reply
  const { count, finish } = aborted
    ? { count: Math.min(reply.drawnBeforeAbort ?? 0, ids.length), finish: 'abort' as const }
    : drawn(ids, reply, request)
  const tokens = ids.slice(0, count)
  const { logprobs, weightVersions, effectivePrompt } = stage.capabilities
  const matchedStop = reply.matchedStop ?? (finish === 'stop' ? tokens.at(-1) : undefined)
  const spans = reply.weightVersions ?? [{ version: stage.weightVersion, start: 0, end: count }]
  return {
    tokens,
    finish,
    ...(logprobs === 'none' ? {} : { logprobs: logprobsOf(reply, ids).slice(0, count) }),
    ...(matchedStop === undefined ? {} : { matchedStop }),
    ...(weightVersions ? { weightVersions: spans.map((span) => ({ ...span })) } : {}),
    ...(effectivePrompt ? { effectivePrompt: [...(reply.effectivePrompt ?? expanded)] } : {}),
    ...(reply.cachedTokens === undefined ? {} : { cachedTokens: reply.cachedTokens }),
  }
}

function drawn(ids: readonly number[], { finish }: ScriptedReply, { sampling }: GenerateRequest): Drawn {
  const stop = ids.findIndex((id) => sampling.stopTokens.includes(id))
  if (stop !== -1 && stop < sampling.maxTokens) return { count: stop + 1, finish: 'stop' }
  if (ids.length >= sampling.maxTokens) return { count: sampling.maxTokens, finish: 'length' }
  if (finish === 'length') return { count: ids.length, finish }
  throw new InterleaveError(
    'bad_script',
    `A scripted reply of ${ids.length} tokens ends with no stop token (${sampling.stopTokens.join(', ')}) before the limit of ` +
      `${sampling.maxTokens}; end it with one, or give the step finish: 'length'.`,
  )
}

interface Drawn {
  readonly count: number
  readonly finish: 'stop' | 'length'
}

function logprobsOf({ logprobs }: ScriptedReply, ids: readonly number[]): readonly number[] {
  if (logprobs === undefined) return ids.map(() => -Math.LN2)
  if (logprobs.length === ids.length) return logprobs
  throw new InterleaveError(
    'bad_script',
    `A scripted reply has ${ids.length} tokens and ${logprobs.length} logprobs; give one for each.`,
  )
}
