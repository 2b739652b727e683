import type { Exchange } from '../http/exchange.ts'
import { IdsJson } from '../wire/ids-json.ts'
import { ImageUrls } from '../wire/image-urls.ts'
import { jsonBody } from '../wire/json-body.ts'
import { encodeWithServer, identifyOpenAiServer, metric } from '../wire/openai-server.ts'
import { sessionHeaders } from '../wire/session-headers.ts'
import type { Wire, WireTurn } from '../wire/wire.ts'
import { readGenerateAnswer } from './generate-answer.ts'
import { vllmSampling } from './vllm-sampling.ts'

const path = '/inference/v1/generate'

/** vLLM's route for ids and images: one pad per image is sent, and the server expands it. */
export function vllmWire(): Wire {
  const ids = new IdsJson()
  const urls = new ImageUrls()

  function exchange(turn: WireTurn): Exchange {
    const fields = {
      request_id: turn.id,
      model: turn.model,
      sampling_params: { ...vllmSampling(turn), logprobs: 0 },
      return_token_ids: true,
      output_mode: 'tokens',
      stream: false,
    }
    const text = jsonBody(fields, { token_ids: `[${ids.of(turn.tokens)}]` })
    const headers = sessionHeaders(turn.sessionKey)
    if (turn.images.length === 0) return { method: 'POST', path, headers, body: text }
    const body: Uint8Array[] = [Buffer.from(`${text.slice(0, -1)},"content_parts":[`)]
    for (const [at, image] of turn.images.entries())
      body.push(Buffer.from(`${at === 0 ? '' : ','}{"type":"image_url","url":"`), urls.of(image), Buffer.from('"}'))
    body.push(Buffer.from(']}'))
    return { method: 'POST', path, headers, body }
  }

  return {
    driver: 'vllm',
    takesImages: true,
    identify: identifyOpenAiServer,
    exchange,
    read: readGenerateAnswer,
    encode: encodeWithServer,
    async abort(client, id, signal) {
      const body = JSON.stringify({ request_ids: [`generate-tokens-${id}`] })
      const { status } = await client.ask({ method: 'POST', path: '/inference/v1/abort_requests', body }, signal)
      return status === 200
    },
    running: (client, signal) => metric(client, 'vllm:num_requests_running', signal),
    cacheHits: (client, signal) => metric(client, 'vllm:prefix_cache_hits_total', signal),
  }
}
