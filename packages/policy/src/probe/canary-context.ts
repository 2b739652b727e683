import type { Image } from '@interleave/trajectory'
import type { HttpClient } from '../http/http-client.ts'
import type { TurnSampling } from '../policy.ts'
import { ServerCall } from '../wire/server-call.ts'
import type { ServerIdentity, Wire, WireReply } from '../wire/wire.ts'
import { canaryIds, type CanaryIds } from './canary-ids.ts'

/** What a canary asks besides the usual. */
interface CanaryTurn extends Partial<TurnSampling> {
  readonly tokens?: readonly number[]
  readonly images?: readonly Image[]
  readonly force?: number
  readonly signal?: AbortSignal
}

/** A server under test. */
export interface CanaryContext {
  readonly wire: Wire
  readonly client: HttpClient
  readonly identity: ServerIdentity
  readonly ids: CanaryIds
  readonly signal: AbortSignal
  readonly ask: (turn: CanaryTurn) => Promise<WireReply>
}

export async function canaryContext(
  wire: Wire,
  client: HttpClient,
  identity: ServerIdentity,
  imagePad: number | undefined,
  signal: AbortSignal,
): Promise<CanaryContext> {
  const ids = await canaryIds(wire, client, identity.model, imagePad, signal)
  let asked = 0
  return {
    wire,
    client,
    identity,
    ids,
    signal,
    ask({ tokens = ids.letters, images = [], force, signal: ended = signal, ...sampling }) {
      asked += 1
      return new ServerCall(wire, client).run(
        {
          tokens,
          images,
          sampling: { temperature: 1, maxTokens: 8, seed: 1, stopTokens: [], ...sampling },
          requestId: `canary-${asked}`,
          sessionKey: 'canary',
          model: identity.model,
          ...(force !== undefined && { force }),
        },
        ended,
      )
    },
  }
}
