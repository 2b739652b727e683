import { drawTurn, misbehave } from './draw-turn.ts'
import { encode, padId, retokenise } from './bigram-model.ts'
import type { Lies } from './lies.ts'
import { startTestServer, type Call, type Route, type TestServer } from './test-server.ts'

const perImage = 4

/** A server that answers in the form in which vLLM 0.32 was seen to. */
export async function vllmServer(lies: Lies = {}, port = 0): Promise<TestServer> {
  const underWay = new Map<string, AbortController>()
  let hits = 0
  const cache: string[] = []
  const model = (server: TestServer): string => server.lies.model ?? 'tiny'

  /** Draws for a request, in the fields that both routes have. */
  async function sample(
    call: Call,
    server: TestServer,
    id: string,
    prompt: readonly number[],
    asked: Record<string, unknown>,
  ): ReturnType<typeof drawTurn> {
    const ending = new AbortController()
    underWay.set(id, ending)
    server.running += 1
    server.peak = Math.max(server.peak, server.running)
    const key = prompt.join(' ')
    if (cache.includes(key)) hits += prompt.length
    cache.push(key)
    try {
      return await drawTurn(
        {
          prompt,
          maxTokens: asked['max_tokens'] as number,
          temperature: asked['temperature'] as number,
          seed: server.lies.ignoreSeed === true ? server.asked.length : (asked['seed'] as number),
          stopIds: asked['stop_token_ids'] as number[],
          bias: new Map(Object.entries(asked['logit_bias'] ?? {}).map(([id, bias]) => [Number(id), bias])),
          logprobs: server.lies.logprobs ?? 'raw',
          goOnAfterStop: server.lies.goOnAfterStop === true,
        },
        [ending.signal, call.closed],
        server.lies.delayMs,
      )
    } finally {
      server.running -= 1
      underWay.delete(id)
    }
  }

  const refuse = (call: Call, code: number, message: string, type: string): void =>
    call.json(code, { error: { message, type, param: null, code } })

  const generate: Route = async (call, server) => {
    if (await misbehave(call, server)) return
    const { body } = call
    if (!Array.isArray(body['token_ids'])) return refuse(call, 400, 'token_ids: Field required', 'BadRequestError')
    const parts = (body['content_parts'] ?? []) as { type: string; url?: string }[]
    if (body['model'] !== model(server))
      return refuse(
        call,
        404,
        `The model \`${String(body['model'])}\` does not exist. Valid aliases: ${model(server)}.`,
        'NotFoundError',
      )
    if (parts.some(({ url }) => url?.startsWith('data:image/') !== true))
      return refuse(
        call,
        400,
        "multi_modal_data['image'][0] is empty but multi_modal_uuids['image'][0] is missing.",
        'BadRequestError',
      )
    const sent =
      server.lies.retokenise === true ? retokenise(body['token_ids'] as number[]) : (body['token_ids'] as number[])
    const length = server.lies.expandTwice === true ? perImage * 2 - 1 : perImage
    const prompt: number[] = []
    const placeholders: { offset: number; length: number }[] = []
    for (const token of sent) {
      if (token !== padId || placeholders.length >= parts.length) {
        prompt.push(token)
        continue
      }
      placeholders.push({ offset: prompt.length, length: perImage })
      for (let left = length; left > 0; left -= 1) prompt.push(padId)
    }
    if (placeholders.length < parts.length)
      return refuse(
        call,
        500,
        `Failed to apply prompt replacement for mm_items['image'][${placeholders.length}]`,
        'InternalServerError',
      )
    const sampling = body['sampling_params'] as Record<string, unknown>
    const id = `generate-tokens-${String(body['request_id'])}`
    const { tokens, logprobs, finish } = await sample(call, server, id, prompt, sampling)
    const told = server.lies.oneLogprobShort === true ? tokens.slice(1) : tokens
    const content = told.map((token_id, at) => {
      const logprob = server.lies.noNumber === true && at === 1 ? -9999 : logprobs[at]
      return { token_id, logprob, rank: 1, top_logprobs: [{ token_id, logprob, rank: 1 }] }
    })
    const asksPrompt = body['return_token_ids'] === true && server.lies.hidePrompt !== true
    call.json(200, {
      request_id: id,
      model: server.lies.answersAs ?? model(server),
      created: 1_795_344_770,
      usage: {
        prompt_tokens: prompt.length,
        total_tokens: prompt.length + tokens.length,
        completion_tokens: tokens.length,
        prompt_tokens_details: null,
        completion_tokens_details: null,
      },
      prompt_logprobs: null,
      prompt_token_ids: asksPrompt ? prompt : null,
      mm_placeholders: asksPrompt && placeholders.length > 0 ? { image: placeholders } : null,
      metrics: null,
      output_mode: 'tokens',
      choices: [
        {
          index: 0,
          finish_reason: finish,
          stop_reason: finish === 'stop' ? tokens.at(-1) : null,
          token_ids: tokens,
          routed_experts: null,
          sampling_mask: null,
          weight_versions:
            server.lies.hideWeightVersions === true ? null : [{ version: 'default', start: 0, end: tokens.length }],
          logprobs: server.lies.dropLogprobs === true ? null : { content },
        },
      ],
    })
  }

  const completions: Route = async (call, server) => {
    if (await misbehave(call, server)) return
    const { body } = call
    if (!Array.isArray(body['prompt'])) return refuse(call, 400, 'prompt: Field required', 'BadRequestError')
    const prompt =
      server.lies.retokenise === true ? retokenise(body['prompt'] as number[]) : (body['prompt'] as number[])
    const { tokens, logprobs, finish } = await sample(call, server, `cmpl-${String(body['request_id'])}`, prompt, body)
    const asksIds = body['return_token_ids'] === true
    call.json(200, {
      id: `cmpl-${String(body['request_id'])}`,
      object: 'text_completion',
      created: 1_795_344_788,
      model: server.lies.answersAs ?? model(server),
      choices: [
        {
          index: 0,
          text: 'x'.repeat(tokens.length),
          logprobs:
            server.lies.dropLogprobs === true
              ? null
              : {
                  text_offset: tokens.map((_, at) => at),
                  token_logprobs: logprobs,
                  tokens: tokens.map(() => 'x'),
                  top_logprobs: logprobs.map((logprob) => ({ x: logprob })),
                },
          finish_reason: finish,
          stop_reason: finish === 'stop' ? tokens.at(-1) : null,
          token_ids: asksIds ? tokens : null,
          prompt_logprobs: null,
          prompt_token_ids: asksIds && server.lies.hidePrompt !== true ? prompt : null,
          routed_experts: null,
        },
      ],
      system_fingerprint: 'vllm-0.32.0-36b6c344',
      usage: {
        prompt_tokens: prompt.length,
        total_tokens: prompt.length + tokens.length,
        completion_tokens: tokens.length,
        prompt_tokens_details: null,
      },
    })
  }

  return startTestServer(
    {
      'GET /health': (call) => call.raw(200, ''),
      'GET /version': (call) => call.json(200, { version: '0.32.0' }),
      'GET /v1/models': (call, server) =>
        call.json(200, {
          object: 'list',
          data: [
            {
              id: model(server),
              object: 'model',
              created: 1_795_344_770,
              owned_by: 'vllm',
              root: server.lies.root ?? 'models/tiny-vl',
              parent: null,
              max_model_len: 4_096,
            },
          ],
        }),
      'GET /metrics': (call, server) =>
        server.lies.noMetrics === true
          ? call.json(404, { detail: 'Not Found' })
          : call.raw(
              200,
              `# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{engine="0",model_name="tiny"} ${server.running.toFixed(1)}\n` +
                `vllm:prefix_cache_hits_total{engine="0",model_name="tiny"} ${hits.toFixed(1)}\n`,
              'text/plain',
            ),
      'POST /tokenize': (call, server) =>
        server.lies.noTokenizer === true
          ? call.json(404, { detail: 'Not Found' })
          : call.json(200, {
              count: 0,
              max_model_len: 4_096,
              tokens: encode(String(call.body['prompt'])),
              token_strs: null,
            }),
      'POST /inference/v1/generate': generate,
      'POST /v1/completions': completions,
      'POST /inference/v1/abort_requests': (call, server) => {
        if (server.lies.noAbortRoute === true) return call.json(404, { detail: 'Not Found' })
        for (const id of call.body['request_ids'] as string[]) underWay.get(id)?.abort()
        call.raw(200, '')
      },
    },
    lies,
    port,
  )
}
