import { encode, partId, retokenise, stopId } from './bigram-model.ts'
import { drawTurn, misbehave } from './draw-turn.ts'
import type { Lies } from './lies.ts'
import { startTestServer, type Route, type TestServer } from './test-server.ts'

/** A server that answers in the form of llama.cpp's, after its source and documentation. */
export async function llamaServer(lies: Lies = {}): Promise<TestServer> {
  let last = ''
  const completion: Route = async (call, server) => {
    if (await misbehave(call, server)) return
    const { body } = call
    const prompt =
      server.lies.retokenise === true ? retokenise(body['prompt'] as number[]) : (body['prompt'] as number[])
    server.running += 1
    const key = prompt.join(',')
    const cached = key === last ? prompt.length - 1 : 0
    last = key
    const { tokens, logprobs, finish } = await drawTurn(
      {
        prompt,
        maxTokens: body['n_predict'] as number,
        temperature: body['temperature'] as number,
        seed: body['seed'] as number,
        stopIds: [stopId],
        bias: new Map((body['logit_bias'] ?? []) as [number, number][]),
        logprobs: server.lies.logprobs ?? 'raw',
        goOnAfterStop: false,
      },
      [call.closed],
      server.lies.delayMs,
    ).finally(() => (server.running -= 1))
    // It tells nothing of tokens from one on that ends within a character.
    const part = tokens.indexOf(partId)
    const told = part === -1 ? tokens : tokens.slice(0, part)
    call.json(200, {
      index: 0,
      content: 'x'.repeat(tokens.length),
      tokens,
      id_slot: 0,
      stop: true,
      model: 'tiny',
      tokens_predicted: tokens.length,
      tokens_evaluated: prompt.length,
      stop_type: finish === 'stop' ? 'eos' : 'limit',
      stopping_word: '',
      tokens_cached: prompt.length + tokens.length - 1,
      truncated: false,
      timings: { cache_n: cached, prompt_n: prompt.length - cached, predicted_n: tokens.length },
      ...(server.lies.dropLogprobs === true
        ? {}
        : {
            completion_probabilities: told.map((id, at) => ({
              id,
              token: 'x',
              bytes: [120],
              logprob: logprobs[at],
              top_logprobs: [],
            })),
          }),
    })
  }
  return startTestServer(
    {
      'GET /health': (call) => call.json(200, { status: 'ok' }),
      'GET /v1/models': (call, server) =>
        call.json(200, {
          object: 'list',
          data: [{ id: server.lies.model ?? 'tiny', object: 'model', owned_by: 'llamacpp' }],
        }),
      'GET /props': (call) =>
        call.json(200, {
          default_generation_settings: { n_ctx: 4_096 },
          total_slots: 4,
          model_path: 'tiny.gguf',
          build_info: 'b1-test',
        }),
      'GET /slots': (call, server) =>
        call.json(
          200,
          Array.from({ length: 4 }, (_, id) => ({ id, is_processing: id < server.running })),
        ),
      'POST /tokenize': (call) => call.json(200, { tokens: encode(String(call.body['content'])) }),
      'POST /completion': completion,
    },
    lies,
  )
}
