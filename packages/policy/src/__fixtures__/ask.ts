import type { GenerateRequest } from '../policy.ts'
import { stopId } from './bigram-model.ts'

/** A request for a short reply. */
export function ask(changes: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    tokens: [1, 2, 3],
    images: [],
    sampling: { temperature: 1, maxTokens: 12, seed: 4, stopTokens: [stopId] },
    requestId: 'r1/t1',
    sessionKey: 'task-1',
    signal: new AbortController().signal,
    ...changes,
  }
}
