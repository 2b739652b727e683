import type { PolicyCapabilities } from '../policy.ts'
import { meetServer } from '../wire/connect-wire.ts'
import { openClient, type ServerOptions } from '../wire/server-options.ts'
import { detectDriver, wireOf, type DriverName } from './detect.ts'
import type { Finding } from './finding.ts'

export interface ProbeOptions extends ServerOptions {
  /** Try the server with this driver. Default: the one that `detect` finds. */
  readonly driver?: DriverName
}

/** What a server is and what it was seen to do. */
export interface ProbeReport {
  readonly url: string
  readonly driver: DriverName
  readonly model: string
  /** What the server calls its version. */
  readonly version?: string
  /** What a policy connected to it declares. */
  readonly capabilities: PolicyCapabilities
  /** One for each canary, in the order in which they were tried. */
  readonly findings: readonly Finding[]
}

/**
 * Tries everything on a server that a driver relies on: thirteen short replies and two long ones that are ended. A
 * canary that fails is a finding; rejects with a fault of the policy only where the server cannot be asked at all.
 */
export async function probe(address: string, options: ProbeOptions = {}): Promise<ProbeReport> {
  await using client = openClient(address, options)
  const signal = options.signal ?? new AbortController().signal
  const driver = options.driver ?? (await detectDriver(client, signal))
  const { proof, identity } = await meetServer(wireOf(driver), client, options, true)
  return {
    url: client.url.href,
    driver,
    model: identity.model,
    ...(identity.version !== undefined && { version: identity.version }),
    ...proof,
  }
}
