import type { GenerateRequest, GenerateResult } from '../policy.ts'

/** A call as it came. Its arrays are copies: the engine's own go on growing. */
export interface ScriptedCall {
  readonly request: Omit<GenerateRequest, 'signal'>
  /** The step that was played, by its place in the script; null for `otherwise` and for a call that was refused. */
  readonly step: number | null
  result?: GenerateResult
}

export function recordCall(request: GenerateRequest, step: number | null): ScriptedCall {
  const { tokens, images, sampling, requestId, sessionKey } = request
  const copied = { ...sampling, stopTokens: [...sampling.stopTokens] }
  return { request: { tokens: [...tokens], images: [...images], sampling: copied, requestId, sessionKey }, step }
}
