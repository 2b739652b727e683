import { FaultError } from '@interleave/trajectory'
import { z } from 'zod'
import { completionsWire } from '../completions/completions-wire.ts'
import type { HttpClient } from '../http/http-client.ts'
import { llamaWire } from '../llama-cpp/llama-wire.ts'
import { vllmWire } from '../vllm/vllm-wire.ts'
import { openClient, type ServerOptions } from '../wire/server-options.ts'
import type { Wire } from '../wire/wire.ts'

export const driverNames = ['vllm', 'llama-cpp', 'completions'] as const
export type DriverName = (typeof driverNames)[number]

const wires: Record<DriverName, () => Wire> = {
  vllm: vllmWire,
  'llama-cpp': llamaWire,
  completions: completionsWire,
}

const llamaPropsSchema = z.object({ default_generation_settings: z.object({}) })

/**
 * The driver for a server, by the routes that it has; the best one where several fit. What it can do is not proven by that:
 * connecting does. Rejects with a fault of the policy, `unknown_server` where no driver fits.
 */
export async function detect(address: string, options: ServerOptions = {}): Promise<DriverName> {
  await using client = openClient(address, options)
  return await detectDriver(client, options.signal ?? new AbortController().signal)
}

export async function detectDriver(client: HttpClient, signal: AbortSignal): Promise<DriverName> {
  // An empty request asks for nothing: a server that has the route refuses it, one that has not says so.
  const has = async (path: string): Promise<boolean> => {
    const { status } = await client.ask({ method: 'POST', path, body: '{}' }, signal)
    return status === 400 || status === 422
  }
  if (await has('/inference/v1/generate')) return 'vllm'
  const props = await client.ask({ method: 'GET', path: '/props' }, signal)
  if (props.status === 200 && isLlama(props.text)) return 'llama-cpp'
  if (await has('/v1/completions')) return 'completions'
  const answer = await client.ask({ method: 'GET', path: '/v1/models' }, signal)
  const hint =
    answer.status === 401 || answer.status === 403
      ? 'it does not let us in; give its key as apiKey'
      : 'start vLLM with --enable-scale-out, or look at the address'
  throw new FaultError(
    'policy',
    answer.status === 401 || answer.status === 403 ? 'unauthorised' : 'unknown_server',
    `The server ${client.url.href} has none of the routes that a driver speaks (/inference/v1/generate, /completion, /v1/completions): ${hint}.`,
  )
}

function isLlama(text: string): boolean {
  try {
    return llamaPropsSchema.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

export function wireOf(driver: DriverName): Wire {
  return wires[driver]()
}
