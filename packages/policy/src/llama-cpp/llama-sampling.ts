import type { WireTurn } from '../wire/wire.ts'

/** Every field that llama.cpp knows for drawing a token: its defaults truncate and sharpen, and must not decide. */
export function llamaSampling({ sampling, force }: WireTurn): Record<string, unknown> {
  const { temperature, topP = 1, topK = 0, minP = 0, presencePenalty = 0, maxTokens, seed } = sampling
  return {
    n_predict: maxTokens,
    temperature,
    top_p: topP,
    top_k: topK,
    min_p: minP,
    presence_penalty: presencePenalty,
    frequency_penalty: 0,
    repeat_penalty: 1,
    typical_p: 1,
    top_n_sigma: -1,
    xtc_probability: 0,
    dry_multiplier: 0,
    dynatemp_range: 0,
    mirostat: 0,
    seed,
    stop: [],
    // One is enough for the logprob of the drawn token, before sampling.
    n_probs: 1,
    post_sampling_probs: false,
    return_tokens: true,
    cache_prompt: true,
    stream: false,
    // Forbidding its ends of a turn would change what is drawn.
    ignore_eos: false,
    ...(force !== undefined && { logit_bias: [[force, 100]] }),
  }
}
