import type { WireTurn } from '../wire/wire.ts'

/**
 * Every field that vLLM knows for drawing a token, so that neither its defaults nor those of the model's
 * generation_config.json decide. `ignore_eos`: ends of a turn are those of the request, and no others.
 */
export function vllmSampling({ sampling, force }: WireTurn): Record<string, unknown> {
  const { temperature, topP = 1, topK = 0, minP = 0, presencePenalty = 0, maxTokens, seed, stopTokens } = sampling
  return {
    n: 1,
    max_tokens: maxTokens,
    min_tokens: 0,
    temperature,
    top_p: topP,
    top_k: topK,
    min_p: minP,
    presence_penalty: presencePenalty,
    frequency_penalty: 0,
    repetition_penalty: 1,
    seed,
    stop_token_ids: stopTokens,
    ignore_eos: true,
    skip_special_tokens: false,
    ...(force !== undefined && { logit_bias: { [force]: 100 } }),
  }
}
