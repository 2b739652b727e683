import { z } from 'zod'
import type { HttpClient } from '../http/http-client.ts'
import { readJson } from '../http/read-json.ts'
import { statusFault } from '../http/status-fault.ts'
import { IdsJson } from '../wire/ids-json.ts'
import { jsonBody } from '../wire/json-body.ts'
import { idsSchema } from '../wire/number-schemas.ts'
import { identifyOpenAiServer } from '../wire/openai-server.ts'
import { sessionHeaders } from '../wire/session-headers.ts'
import type { ServerIdentity, Wire } from '../wire/wire.ts'
import { readLlamaAnswer } from './llama-answer.ts'
import { llamaSampling } from './llama-sampling.ts'

const path = '/completion'
const propsSchema = z.object({
  model_path: z.string().nullish(),
  build_info: z.string().nullish(),
  default_generation_settings: z.object({ n_ctx: z.int().positive().nullish() }),
})
const encodedSchema = z.object({ tokens: idsSchema })
const slotsSchema = z.array(z.object({ is_processing: z.boolean() }))

/** llama.cpp's own route. It takes ids and no images, and stops at its own ends of a turn alone. */
export function llamaWire(): Wire {
  const ids = new IdsJson()
  return {
    driver: 'llama-cpp',
    takesImages: false,
    identify,
    exchange(turn) {
      const body = jsonBody(llamaSampling(turn), { prompt: `[${ids.of(turn.tokens)}]` })
      return { method: 'POST', path, headers: sessionHeaders(turn.sessionKey), body }
    },
    read: readLlamaAnswer,
    async encode(client, text, _model, signal) {
      const body = JSON.stringify({ content: text, add_special: false, parse_special: true })
      const answer = await client.ask({ method: 'POST', path: '/tokenize', body }, signal)
      return answer.status === 200 ? readJson(answer, encodedSchema, '/tokenize').tokens : undefined
    },
    async running(client, signal) {
      const answer = await client.ask({ method: 'GET', path: '/slots' }, signal)
      if (answer.status !== 200) return undefined
      return readJson(answer, slotsSchema, '/slots').filter(({ is_processing: busy }) => busy).length
    },
  }
}

async function identify(client: HttpClient, model: string | undefined, signal: AbortSignal): Promise<ServerIdentity> {
  const served = await identifyOpenAiServer(client, model, signal)
  const answer = await client.ask({ method: 'GET', path: '/props' }, signal)
  if (answer.status !== 200) throw statusFault(answer, client.url, '/props')
  const {
    build_info: build,
    default_generation_settings: settings,
    model_path: root,
  } = readJson(answer, propsSchema, '/props')
  return {
    model: served.model,
    ...(typeof build === 'string' && { version: build }),
    ...(typeof root === 'string' && { root }),
    ...(typeof settings.n_ctx === 'number' && { contextTokens: settings.n_ctx }),
  }
}
