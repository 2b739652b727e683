import { InterleaveError, isInterleaveError } from '@interleave/trajectory'
import { declareCapabilities } from '../declare-capabilities.ts'
import type { GenerateRequest, GenerateResult, Policy, PolicyCapabilities } from '../policy.ts'
import { policyDisposed } from '../policy-disposed.ts'
import { playStep } from './play-step.ts'
import { refusal } from './refusal.ts'
import { recordCall, type ScriptedCall } from './scripted-call.ts'
import type { ScriptedStep } from './scripted-step.ts'
import type { ScriptedPad, Stage } from './stage.ts'

export interface ScriptedPolicyOptions {
  /** Each is played once. */
  readonly steps: readonly ScriptedStep[]
  /** Plays for every call that no step is left for or expects. Without it such a call is refused. */
  readonly otherwise?: ScriptedStep
  /** True (the default): the next call must be the next step's. False: a call takes the first unused step that expects it. */
  readonly inOrder?: boolean
  /** Default: exact, images, raw logprobs, abort; no more. */
  readonly capabilities?: Partial<PolicyCapabilities>
  /** Needed to count pads against images, and to expand them where effective prompts are declared. */
  readonly imagePad?: ScriptedPad
  /** What replies name where weight versions are declared. Default `scripted`. */
  readonly weightVersion?: string
}

/** A policy that plays a script. Disposing of it checks that the script was followed, unless `assertDone` did. */
export interface ScriptedPolicy extends Policy {
  readonly calls: readonly ScriptedCall[]
  /** Throws `script_not_followed` with every call that was refused and every step that was not played. */
  assertDone(): void
}

/**
 * A policy for tests: it gives the scripted replies, records the calls, and refuses a call that the script does not
 * expect with an `unexpected_call` error that says what differs.
 */
export function scriptedPolicy(options: ScriptedPolicyOptions): ScriptedPolicy {
  const { steps, otherwise, inOrder = true, imagePad, weightVersion = 'scripted' } = options
  const capabilities = declareCapabilities({
    model: 'scripted',
    driver: 'scripted',
    exact: true,
    images: true,
    logprobs: 'raw',
    abort: true,
    ...options.capabilities,
  })
  const disposal = new AbortController()
  const stage: Stage = {
    capabilities,
    weightVersion,
    disposed: disposal.signal,
    ...(imagePad === undefined ? {} : { imagePad }),
  }
  const calls: ScriptedCall[] = []
  const unused = new Set(steps.keys())
  const refused: string[] = []
  let checked = false

  /** The step to play and its place, or why there is none. */
  function choose(request: GenerateRequest): { step: ScriptedStep; place: number | null } | string {
    const reasons: string[] = []
    for (const place of unused) {
      const step = steps[place] as ScriptedStep
      const reason = refusal(step, request)
      if (reason === null) return { step, place }
      reasons.push(`step ${place}: ${reason}`)
      if (inOrder) break
    }
    const reason = otherwise === undefined ? 'no step is left for it' : refusal(otherwise, request)
    if (otherwise !== undefined && reason === null) return { step: otherwise, place: null }
    return reasons.length > 0 ? reasons.join('; ') : String(reason)
  }

  function assertDone(): void {
    checked = true
    const lines = [...refused]
    if (unused.size > 0) lines.push(`Not played: step ${[...unused].join(', ')} of ${steps.length}.`)
    if (lines.length > 0) throw new InterleaveError('script_not_followed', lines.join('\n'))
  }

  return {
    capabilities,
    calls,
    async generate(request): Promise<GenerateResult> {
      if (disposal.signal.aborted) throw policyDisposed(capabilities)
      const chosen = choose(request)
      const call = recordCall(request, typeof chosen === 'string' ? null : chosen.place)
      calls.push(call)
      if (typeof chosen === 'string') {
        const sentence = `Call ${calls.length - 1} (request "${request.requestId}") was not expected: ${chosen}.`
        refused.push(sentence)
        throw new InterleaveError('unexpected_call', sentence)
      }
      if (chosen.place !== null) unused.delete(chosen.place)
      try {
        call.result = await playStep(chosen.step, request, stage)
        return call.result
      } catch (error) {
        if (isInterleaveError(error, 'bad_script')) refused.push(error.message)
        throw error
      }
    },
    assertDone,
    async [Symbol.asyncDispose]() {
      disposal.abort(policyDisposed(capabilities))
      if (!checked) assertDone()
    },
  }
}
