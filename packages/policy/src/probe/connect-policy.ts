import type { Policy } from '../policy.ts'
import { connectWire } from '../wire/connect-wire.ts'
import type { ServerOptions } from '../wire/server-options.ts'
import { detect, wireOf } from './detect.ts'

/** A policy that the server at this address samples for, with the driver that `detect` finds. Rejects as drivers do. */
export async function connectPolicy(address: string, options: ServerOptions = {}): Promise<Policy> {
  return connectWire(wireOf(await detect(address, options)), address, options)
}
