import type { Policy } from '../policy.ts'
import { connectWire } from '../wire/connect-wire.ts'
import type { ServerOptions } from '../wire/server-options.ts'
import { completionsWire } from './completions-wire.ts'

/**
 * A policy that a server samples for, text only, through ids on `/v1/completions` with vLLM's `return_token_ids`.
 * Connecting asks for nine short replies and a long one that is ended, and declares what they prove; abort where the
 * server's own count (`/metrics`) shows that closing a connection stops it. Rejects with a fault of the policy that
 * says what to do.
 */
export function completionsPolicy(address: string, options: ServerOptions = {}): Promise<Policy> {
  return connectWire(completionsWire(), address, options)
}
