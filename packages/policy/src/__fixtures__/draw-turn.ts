import { setTimeout as sleep } from 'node:timers/promises'
import { drawToken, type Drawing } from './bigram-model.ts'
import type { Call, TestServer } from './test-server.ts'

export interface Drawn {
  readonly tokens: number[]
  readonly logprobs: number[]
  readonly finish: 'stop' | 'length' | 'abort'
}

export interface Ask extends Drawing {
  readonly prompt: readonly number[]
  readonly maxTokens: number
  readonly stopIds: readonly number[]
  readonly goOnAfterStop: boolean
}

/** Draws a turn token by token, until a stop id, the limit, or an abort. */
export async function drawTurn(ask: Ask, ended: readonly AbortSignal[], delayMs = 0): Promise<Drawn> {
  const tokens: number[] = []
  const logprobs: number[] = []
  if (delayMs > 0) await sleep(delayMs)
  while (tokens.length < ask.maxTokens) {
    // Slow enough to be ended under way.
    if (tokens.length % 4 === 3) await sleep(1)
    if (ended.some((signal) => signal.aborted)) return { tokens, logprobs, finish: 'abort' }
    const { token, logprob } = drawToken(tokens.at(-1) ?? ask.prompt.at(-1) ?? 0, tokens.length, ask)
    tokens.push(token)
    logprobs.push(logprob)
    if (ask.stopIds.includes(token) && !ask.goOnAfterStop) return { tokens, logprobs, finish: 'stop' }
  }
  return { tokens, logprobs, finish: 'length' }
}

/**
 * What a bad server does in place of answering a request for tokens. Whether the request has been dealt with.
 */
export async function misbehave(call: Call, { lies, running }: TestServer): Promise<boolean> {
  const { status } = lies
  if (status !== undefined && status.times > 0) {
    status.times -= 1
    const headers: Record<string, string> = status.retryAfter === undefined ? {} : { 'retry-after': status.retryAfter }
    call.json(status.code, status.body ?? { error: { message: `status ${status.code}`, code: status.code } }, headers)
    return true
  }
  if (lies.most !== undefined && running >= lies.most) {
    call.json(503, { error: { message: 'The queue is full.', type: 'ServiceUnavailable', param: null, code: 503 } })
    return true
  }
  if ((lies.closeBefore ?? 0) > 0) {
    lies.closeBefore = (lies.closeBefore ?? 0) - 1
    call.response.destroy()
    return true
  }
  if (lies.closeMidAnswer === true) {
    call.response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 })
    call.response.write('{"choices":[{"index":0,')
    setTimeout(() => call.response.destroy(), 20)
    return true
  }
  if (lies.halfJson === true) {
    call.raw(200, '{"choices":[{"index":0,"token_ids":[1,2,')
    return true
  }
  if (lies.hugeAnswer === true) {
    call.raw(200, JSON.stringify({ choices: [], padding: 'x'.repeat(2 ** 20) }))
    return true
  }
  return lies.hang === true
}
