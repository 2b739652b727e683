import type { Policy } from '../policy.ts'
import { connectWire } from '../wire/connect-wire.ts'
import type { ServerOptions } from '../wire/server-options.ts'
import { vllmWire } from './vllm-wire.ts'

/**
 * A policy that vLLM samples for, text and images, through `/inference/v1/generate` (start it with
 * `--enable-scale-out`, or `--tokens-only`). Connecting asks the server for ten short replies and a long one that is ended, and
 * declares what they prove. Rejects with a fault of the policy that says what to do: `bad_url`, `unreachable`, `tls`,
 * `unauthorised`, `wrong_model`, `prompt_mismatch` and others.
 */
export function vllmPolicy(address: string, options: ServerOptions = {}): Promise<Policy> {
  return connectWire(vllmWire(), address, options)
}
