import { FaultError } from '@interleave/trajectory'
import { z } from 'zod'
import type { HttpClient } from '../http/http-client.ts'
import { readJson } from '../http/read-json.ts'
import { statusFault } from '../http/status-fault.ts'
import { idsSchema } from './number-schemas.ts'
import type { ServerIdentity } from './wire.ts'

const modelsSchema = z.object({
  data: z
    .array(
      z.object({
        id: z.string().min(1),
        root: z.string().nullish(),
        max_model_len: z.int().positive().nullish(),
      }),
    )
    .min(1),
})
const versionSchema = z.object({ version: z.string() })
const encodedSchema = z.object({ tokens: idsSchema })

/** What a server with the OpenAI routes serves: asks `/health`, `/v1/models` and `/version`. */
export async function identifyOpenAiServer(
  client: HttpClient,
  model: string | undefined,
  signal: AbortSignal,
): Promise<ServerIdentity> {
  const health = await client.ask({ method: 'GET', path: '/health' }, signal)
  // A server without that route may still be well: its models will tell.
  if (health.status !== 404 && (health.status < 200 || health.status >= 300))
    throw statusFault(health, client.url, '/health')
  const path = '/v1/models'
  const answer = await client.ask({ method: 'GET', path }, signal)
  if (answer.status !== 200) throw statusFault(answer, client.url, path)
  const { data } = readJson(answer, modelsSchema, path)
  const [only] = data
  const chosen = model === undefined && data.length === 1 ? only : data.find(({ id }) => id === model)
  if (chosen === undefined) {
    const names = data.map(({ id }) => `"${id}"`).join(', ')
    const sentence =
      model === undefined
        ? `serves several models; give one as model: ${names}`
        : `serves no model "${model}" but ${names}; give one of these as model`
    throw new FaultError('policy', 'wrong_model', `The policy server ${client.url.href} ${sentence}.`)
  }
  const version = await versionOf(client, signal)
  return {
    model: chosen.id,
    ...(version !== undefined && { version }),
    ...(typeof chosen.root === 'string' && { root: chosen.root }),
    ...(typeof chosen.max_model_len === 'number' && { contextTokens: chosen.max_model_len }),
  }
}

async function versionOf(client: HttpClient, signal: AbortSignal): Promise<string | undefined> {
  const answer = await client.ask({ method: 'GET', path: '/version' }, signal)
  return answer.status === 200 ? readJson(answer, versionSchema, '/version').version : undefined
}

/** Ids of a text, or undefined where the server has no such route or no tokenizer. */
export async function encodeWithServer(
  client: HttpClient,
  text: string,
  model: string,
  signal: AbortSignal,
): Promise<number[] | undefined> {
  const body = JSON.stringify({ model, prompt: text, add_special_tokens: false })
  const answer = await client.ask({ method: 'POST', path: '/tokenize', body }, signal)
  return answer.status === 200 ? readJson(answer, encodedSchema, '/tokenize').tokens : undefined
}

/** Sum of a counter or gauge over its labels in Prometheus' text form, or undefined where there is none. */
export async function metric(client: HttpClient, name: string, signal: AbortSignal): Promise<number | undefined> {
  const answer = await client.ask({ method: 'GET', path: '/metrics' }, signal)
  if (answer.status !== 200) return undefined
  let sum: number | undefined
  for (const line of answer.text.split('\n')) {
    if (!line.startsWith(name) || !' {'.includes(line.charAt(name.length))) continue
    const value = Number(line.slice(line.lastIndexOf(' ') + 1))
    if (Number.isFinite(value)) sum = (sum ?? 0) + value
  }
  return sum
}
