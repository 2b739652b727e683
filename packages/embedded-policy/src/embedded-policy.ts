import { byteIds, byteImageLength } from '@interleave/chat-template/byte'
import {
  policyDisposed,
  type GenerateRequest,
  type GenerateResult,
  type Policy,
  type PolicyCapabilities,
} from '@interleave/policy'
import { contentHash, FaultError, InterleaveError, type Sampling } from '@interleave/trajectory'
import { defaultParameters } from './default-parameters.ts'
import { drawTurn } from './draw-turn.ts'
import { parameterCount } from './parameters.ts'
import { Perception } from './perception/perception.ts'
import { scoreSpan, type GradientRequest, type ScoreRequest } from './score-span.ts'
import { turnContext } from './turn-context.ts'

/** A policy whose parameters and gradients are at hand. */
export interface EmbeddedPolicy extends Policy {
  /** A copy of the parameters, laid out as in `parameterLayout`. */
  readonly parameters: Float64Array
  /** The policy with other parameters. Both remember the same images, so nothing is decoded again. */
  withParameters(parameters: Float64Array): EmbeddedPolicy
  /**
   * Log probability of each id of a span: exactly what `generate` reported when it drew them. Minus infinity for an id
   * that this policy never draws. Throws `bad_offset` where the span does not fit.
   */
  scoreTokens(request: ScoreRequest): Promise<number[]>
  /**
   * Exact gradient, with respect to the parameters, of the weighted sum of the log probabilities of a span. An id that
   * this policy never draws adds nothing.
   */
  logprobGradient(request: GradientRequest): Promise<Float64Array>
}

/**
 * A small policy that runs in-process and speaks the byte-level template. It sees 64 pixels along the longer side of each
 * image and nothing else, thinks in a few sentences, may call `image_zoom_in`, and answers in a box. Every id has exactly
 * the probability it was drawn with. It keeps no state but a memory of images by content, so calls may overlap.
 */
export function embeddedPolicy(options: { readonly parameters?: Float64Array } = {}): EmbeddedPolicy {
  return policyWith(options.parameters ?? defaultParameters(), new Perception())
}

/** The policy with these parameters and this memory of images. */
export function policyWith(given: Float64Array, perception: Perception): EmbeddedPolicy {
  const parameters = Float64Array.from(given)
  if (parameters.length !== parameterCount || !parameters.every(Number.isFinite))
    throw new InterleaveError(
      'bad_parameters',
      `The embedded policy has ${parameterCount} finite parameters; ${parameters.length} numbers were given. See parameterLayout.`,
    )
  const capabilities: PolicyCapabilities = {
    model: `embedded-${contentHash(new Uint8Array(parameters.buffer)).slice(0, 12)}`,
    driver: 'embedded',
    exact: true,
    images: true,
    logprobs: 'raw',
    seeded: true,
    abort: true,
    weightVersions: false,
    effectivePrompt: true,
  }
  let disposed = false

  return {
    capabilities,
    get parameters() {
      return parameters.slice()
    },
    async generate({ images, sampling, signal, tokens }: GenerateRequest): Promise<GenerateResult> {
      if (disposed) throw policyDisposed(capabilities)
      refuseUnsupported(sampling)
      if (signal.aborted) return { tokens: [], logprobs: [], entropies: [], finish: 'abort' }
      const effectivePrompt = expandPads(tokens, images)
      const made = turnContext(parameters, perception, tokens, tokens.length, images)
      const context = made instanceof Promise ? await made : made
      const drawn = drawTurn(context, tokens.slice(context.prompt.turnStart), sampling, signal)
      const matchedStop = drawn.finish === 'stop' ? drawn.tokens.at(-1) : undefined
      return { ...drawn, effectivePrompt, ...(matchedStop !== undefined && { matchedStop }) }
    },
    withParameters: (other) => policyWith(other, perception),
    scoreTokens: (request) => scoreSpan(parameters, perception, request),
    async logprobGradient(request) {
      const gradient = new Float64Array(parameterCount)
      await scoreSpan(parameters, perception, request, gradient)
      return gradient
    },
    [Symbol.asyncDispose]() {
      disposed = true
      return Promise.resolve()
    },
  }
}

function refuseUnsupported({ minP = 0, presencePenalty = 0, temperature, topK, topP = 1 }: Sampling): void {
  const wanted = [
    topP < 1 && `topP ${topP}`,
    topK !== undefined && `topK ${topK}`,
    minP > 0 && `minP ${minP}`,
    presencePenalty !== 0 && `presencePenalty ${presencePenalty}`,
    !(temperature >= 0 && temperature < Number.POSITIVE_INFINITY) && `temperature ${temperature}`,
  ].filter((name) => name !== false)
  if (wanted.length > 0)
    throw new FaultError(
      'policy',
      'unsupported_sampling',
      `The embedded policy does not support ${wanted.join(', ')}. Use a finite temperature and leave the rest out.`,
    )
}

/** The prompt as this policy sees it: each pad repeated for every patch of its image. */
function expandPads(tokens: readonly number[], images: GenerateRequest['images']): number[] {
  const effective: number[] = []
  let seen = 0
  for (const token of tokens) {
    if (token !== byteIds.imagePad) {
      effective.push(token)
      continue
    }
    const image = images[seen]
    seen += 1
    if (image !== undefined) for (let left = byteImageLength(image); left > 0; left -= 1) effective.push(token)
  }
  if (seen !== images.length)
    throw new FaultError(
      'policy',
      'image_count',
      `The prompt has ${seen} image pads and ${images.length} images were given. Give one image for each pad, in order.`,
    )
  return effective
}
