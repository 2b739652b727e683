import { FaultError } from '@interleave/trajectory'
import type { HttpClient } from '../http/http-client.ts'
import type { Policy } from '../policy.ts'
import { canaryContext } from '../probe/canary-context.ts'
import { proveServer, type Proof } from '../probe/prove-server.ts'
import { openClient, type ServerOptions } from './server-options.ts'
import type { ServerIdentity, Wire } from './wire.ts'
import { wirePolicy } from './wire-policy.ts'

/** Connects to a server, finds out what it can do, and makes a policy that declares that and no more. */
export async function connectWire(wire: Wire, address: string, options: ServerOptions): Promise<Policy> {
  const client = openClient(address, options)
  try {
    const { proof, identity, imagePad } = await meetServer(wire, client, options, false)
    for (const { canary, verdict, detail } of proof.findings)
      if (verdict === 'failed' && (canary === 'ids kept' || canary === 'stop id kept'))
        throw new FaultError(
          'policy',
          canary === 'ids kept' ? 'prompt_mismatch' : 'bad_reply',
          `The policy server ${client.url.href} cannot be sampled from exactly (${canary}): ${detail.replace(/\.$/, '')}.`,
        )
    client.confirm = (signal) => confirmServer(wire, client, identity, signal)
    return wirePolicy({ wire, client, capabilities: proof.capabilities, imagePad })
  } catch (error) {
    await client[Symbol.asyncDispose]()
    throw error
  }
}

/** Who the server is and what it can do. */
export async function meetServer(
  wire: Wire,
  client: HttpClient,
  options: ServerOptions,
  all: boolean,
): Promise<{ proof: Proof; identity: ServerIdentity; imagePad: number | undefined }> {
  const { model, signal = new AbortController().signal } = options
  const identity = await wire.identify(client, model, signal)
  const context = await canaryContext(wire, client, identity, options.imagePad, signal)
  return { proof: await proveServer(context, all), identity, imagePad: options.imagePad ?? context.ids.image?.pad }
}

async function confirmServer(
  wire: Wire,
  client: HttpClient,
  known: ServerIdentity,
  signal: AbortSignal,
): Promise<void> {
  const now = await wire.identify(client, known.model, signal).catch((error: unknown) => {
    if (error instanceof FaultError && error.code === 'wrong_model') throw changed(client, error.message, error)
    throw error
  })
  for (const key of ['model', 'version', 'root', 'contextTokens'] as const)
    if (now[key] !== known[key])
      throw changed(client, `its ${key} was ${known[key] ?? 'not told'} and is ${now[key] ?? 'not told'} now.`)
}

function changed(client: HttpClient, what: string, cause?: unknown): FaultError {
  return new FaultError(
    'policy',
    'model_changed',
    `The policy server ${client.url.href} came back as another one: ${what} Connect again, and keep its rollouts apart.`,
    { cause },
  )
}
