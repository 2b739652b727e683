import { FaultError } from '@interleave/trajectory'
import type { HttpClient } from '../http/http-client.ts'
import type { GenerateRequest, GenerateResult, Policy, PolicyCapabilities } from '../policy.ts'
import { policyDisposed } from '../policy-disposed.ts'
import { checkAnswer } from './check-answer.ts'
import { ServerCall } from './server-call.ts'
import type { Wire } from './wire.ts'

export interface WirePolicyParts {
  readonly wire: Wire
  readonly client: HttpClient
  readonly capabilities: PolicyCapabilities
  readonly imagePad: number | undefined
}

/** A policy that a server samples for: what was proven of the server is declared, and each reply is held against it. */
export function wirePolicy({ wire, client, capabilities, imagePad }: WirePolicyParts): Policy {
  const calls = new Set<AbortController>()
  let disposed = false

  async function generate(request: GenerateRequest): Promise<GenerateResult> {
    if (disposed) throw policyDisposed(capabilities)
    refuseImages(request, capabilities, imagePad)
    const { tokens, images, sampling, requestId, sessionKey, signal } = request
    const turn = { tokens, images, sampling, requestId, sessionKey, model: capabilities.model }
    if (signal.aborted) return ended(signal)
    const ending = new AbortController()
    const end = (): void => ending.abort(signal.reason)
    signal.addEventListener('abort', end, { once: true })
    calls.add(ending)
    try {
      const reply = await new ServerCall(wire, client).run(turn, ending.signal)
      // It gives back what it drew, but that it always does was not proven, and so is not declared.
      if (reply.finish === 'abort' && signal.aborted && !capabilities.abort) throw signal.reason
      return checkAnswer(reply, { ...turn, id: requestId }, capabilities, imagePad)
    } catch (error) {
      if (disposed) throw policyDisposed(capabilities)
      if (signal.aborted) return ended(signal)
      throw error
    } finally {
      calls.delete(ending)
      signal.removeEventListener('abort', end)
    }
  }

  /** What becomes of a request whose signal fired and whose tokens, if there were any, are lost. */
  function ended(signal: AbortSignal): GenerateResult {
    if (!capabilities.abort) throw signal.reason
    return {
      tokens: [],
      finish: 'abort',
      ...(capabilities.logprobs !== 'none' && { logprobs: [] }),
      ...(capabilities.weightVersions && { weightVersions: [] }),
    }
  }

  return {
    capabilities,
    generate,
    async [Symbol.asyncDispose]() {
      if (disposed) return
      disposed = true
      for (const call of calls) call.abort(policyDisposed(capabilities))
      await client[Symbol.asyncDispose]()
    },
  }
}

function refuseImages(
  { tokens, images }: GenerateRequest,
  { driver, images: takes }: PolicyCapabilities,
  imagePad: number | undefined,
): void {
  if (images.length > 0 && !takes)
    throw new FaultError(
      'policy',
      'images_unsupported',
      `The policy "${driver}" takes no images here: that its server expands each image once was not proven.`,
    )
  if (imagePad === undefined) return
  let pads = 0
  for (const token of tokens) if (token === imagePad) pads += 1
  if (pads !== images.length)
    throw new FaultError(
      'policy',
      'image_mismatch',
      `The prompt has ${pads} image pads (id ${imagePad}) and came with ${images.length} images; give one image for each pad.`,
    )
}
