import { vllmSampling } from '../vllm/vllm-sampling.ts'
import { IdsJson } from '../wire/ids-json.ts'
import { jsonBody } from '../wire/json-body.ts'
import { encodeWithServer, identifyOpenAiServer, metric } from '../wire/openai-server.ts'
import { sessionHeaders } from '../wire/session-headers.ts'
import type { Wire } from '../wire/wire.ts'
import { readCompletionsAnswer } from './completions-answer.ts'

const path = '/v1/completions'

/** Ids on the OpenAI route for completions, with vLLM's fields for ids. It knows no images and no order to end a request. */
export function completionsWire(): Wire {
  const ids = new IdsJson()
  return {
    driver: 'completions',
    takesImages: false,
    identify: identifyOpenAiServer,
    exchange(turn) {
      const fields = {
        model: turn.model,
        request_id: turn.id,
        ...vllmSampling(turn),
        logprobs: 1,
        return_token_ids: true,
        add_special_tokens: false,
        echo: false,
        stream: false,
      }
      const body = jsonBody(fields, { prompt: `[${ids.of(turn.tokens)}]` })
      return { method: 'POST', path, headers: sessionHeaders(turn.sessionKey), body }
    },
    read: readCompletionsAnswer,
    encode: encodeWithServer,
    running: (client, signal) => metric(client, 'vllm:num_requests_running', signal),
    cacheHits: (client, signal) => metric(client, 'vllm:prefix_cache_hits_total', signal),
  }
}
