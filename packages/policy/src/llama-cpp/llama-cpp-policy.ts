import type { Policy } from '../policy.ts'
import { connectWire } from '../wire/connect-wire.ts'
import type { ServerOptions } from '../wire/server-options.ts'
import { llamaWire } from './llama-wire.ts'

/**
 * A policy that llama.cpp's server samples for, text only, through ids on `/completion`. The server knows no stop ids: it
 * draws on to its own end of a turn, and the reply is cut at the first stop token. It gives no logprobs for tokens that end
 * within a character, so that none are declared. Rejects with a fault of the policy that says what to do.
 */
export function llamaCppPolicy(address: string, options: ServerOptions = {}): Promise<Policy> {
  return connectWire(llamaWire(), address, options)
}
