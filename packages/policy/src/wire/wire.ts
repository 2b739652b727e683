import type { Image, WeightVersion } from '@interleave/trajectory'
import type { TurnSampling } from '../policy.ts'
import type { Answer, Exchange } from '../http/exchange.ts'
import type { HttpClient } from '../http/http-client.ts'

/** Which server answers: another one after a restart is not taken for the same. */
export interface ServerIdentity {
  readonly model: string
  readonly version?: string
  /** Where its weights were loaded from. */
  readonly root?: string
  readonly contextTokens?: number
}

/** What one turn asks of a server. */
export interface WireTurn {
  readonly tokens: readonly number[]
  readonly images: readonly Image[]
  readonly sampling: TurnSampling
  /** Unlike that of any other request, also of other processes. */
  readonly id: string
  readonly sessionKey: string
  readonly model: string
  /** Draw this id and no other: for canaries. */
  readonly force?: number
}

/** Effective ids that stand for one image of the prompt. */
export interface Placeholder {
  readonly offset: number
  readonly length: number
}

/** What a server says of one turn, read but not yet held against what was asked. */
export interface WireReply {
  readonly tokens: number[]
  readonly logprobs?: number[]
  readonly finish: 'stop' | 'length' | 'abort'
  readonly matchedStop?: number | string
  /** The prompt as the model saw it, pads expanded. */
  readonly prompt?: number[]
  readonly placeholders?: readonly Placeholder[]
  /** How many tokens the prompt had, where only that is told. */
  readonly promptCount?: number
  readonly weightVersions?: WeightVersion[]
  readonly cachedTokens?: number
  readonly model?: string
}

/** One server's protocol. It holds no state of requests. */
export interface Wire {
  readonly driver: string
  /** Whether images can be sent on this route at all. */
  readonly takesImages: boolean
  /** Reads what it serves. Throws a fault where the server is not well, or serves no such model. */
  identify(client: HttpClient, model: string | undefined, signal: AbortSignal): Promise<ServerIdentity>
  exchange(turn: WireTurn): Exchange
  read(answer: Answer, turn: WireTurn): WireReply
  /** Ids of a text, or undefined where the server does not tell. */
  encode?(client: HttpClient, text: string, model: string, signal: AbortSignal): Promise<number[] | undefined>
  /** Ends a request by its id; whether the server took the order. Its waiting call then answers with what was drawn. */
  abort?(client: HttpClient, id: string, signal: AbortSignal): Promise<boolean>
  /** How many requests the server works on, or undefined where it does not tell. */
  running?(client: HttpClient, signal: AbortSignal): Promise<number | undefined>
  /** Prompt tokens taken from its cache so far, or undefined where it does not tell. */
  cacheHits?(client: HttpClient, signal: AbortSignal): Promise<number | undefined>
}
