import { seededRandom } from '@interleave/trajectory'
import type { TurnSampling } from '@interleave/policy'
import { TurnWalker } from './grammar/turn-walker.ts'
import type { TurnContext } from './grammar/turn.ts'

export interface DrawnTurn {
  readonly tokens: number[]
  readonly logprobs: number[]
  /** Of the distribution that each id was drawn from, at temperature 1, in nats. */
  readonly entropies: number[]
  readonly finish: 'stop' | 'length' | 'abort'
}

/**
 * Goes on with a turn of which `begun` is there already. One random number for each id that is not the only one
 * possible; temperature 0 takes the likeliest, the lowest id on a tie. Logprobs are those of temperature 1 throughout.
 */
export function drawTurn(
  context: TurnContext,
  begun: readonly number[],
  sampling: TurnSampling,
  signal: AbortSignal,
): DrawnTurn {
  const walker = new TurnWalker(context)
  for (const token of begun) walker.accept(token)
  const random = seededRandom(sampling.seed)
  const tokens: number[] = []
  const logprobs: number[] = []
  const entropies: number[] = []
  const made = { tokens, logprobs, entropies }
  while (tokens.length < sampling.maxTokens) {
    if (signal.aborted) return { ...made, finish: 'abort' }
    const forced = walker.forced()
    const drawn = forced === undefined ? draw(walker, sampling.temperature, random) : { token: forced, entropy: 0 }
    logprobs.push(walker.accept(drawn.token))
    entropies.push(drawn.entropy)
    tokens.push(drawn.token)
    if (sampling.stopTokens.includes(drawn.token)) return { ...made, finish: 'stop' }
  }
  return { ...made, finish: 'length' }
}

function draw(walker: TurnWalker, temperature: number, random: () => number): { token: number; entropy: number } {
  const branches = walker.branches()
  const logprobs = branches.map((branch) => walker.logprob(branch))
  const entropy = logprobs.reduce(
    (sum, logprob) => sum - (logprob === Number.NEGATIVE_INFINITY ? 0 : Math.exp(logprob) * logprob),
    0,
  )
  const chosen = pick(logprobs, temperature, random)
  return { token: branches[chosen]?.token ?? 0, entropy }
}

/** Index of the option that a random number falls on. */
function pick(logprobs: readonly number[], temperature: number, random: () => number): number {
  const best = Math.max(...logprobs)
  let chosen = logprobs.indexOf(best)
  if (temperature === 0) return chosen
  const weights = logprobs.map((logprob) => Math.exp((logprob - best) / temperature))
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [index, weight] of weights.entries()) {
    if (left < weight) return index
    left -= weight
    // Rounding may leave a rest after the last option: then the last that has any weight.
    if (weight > 0) chosen = index
  }
  return chosen
}
