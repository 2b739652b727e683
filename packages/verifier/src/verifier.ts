import type { JsonObject, Trajectory } from '@interleave/trajectory'
import type { z } from 'zod'

/** What is judged: a reply, and the record that it comes from where there is one. */
export interface VerifierInput {
  /** Of a trajectory: its answer alone (`verifierInput`). Of any other source: the reply, which may hold thinking. */
  readonly text: string
  /** Without clock readings: a verdict that followed them would not repeat itself. */
  readonly trajectory?: Omit<Trajectory, 'timing'>
}

/** A verdict. `unscored` says that this verifier cannot decide, which is not the same as wrong. */
export type Verdict = {
  readonly answer?: string | null
  readonly explanation: string
  readonly details?: JsonObject
} & ({ readonly status: 'scored'; readonly score: number } | { readonly status: 'unscored' })

export interface VerifierContext {
  /** Fires at the verifier's deadline or when the rollout is cancelled, whichever comes first. */
  readonly signal: AbortSignal
}

/** A reply that must be accepted for one reference, and one that must not. */
export interface VerifierExamples {
  readonly accept: string
  readonly reject: string
}

/** A judge of one answer. Made by `defineVerifier`. */
export interface Verifier<Reference extends z.ZodType = z.ZodType> {
  readonly name: string
  readonly version: string
  /**
   * What a reference answer must look like; a task whose reference does not parse is refused before any rollout. It is
   * parsed once per task, so a transform here is the place for work that depends on the reference alone.
   */
  readonly reference: Reference
  verify(input: VerifierInput, reference: z.output<Reference>, context: VerifierContext): Verdict | Promise<Verdict>
  /** What `validate` and `verifierChecks` try, model-free, for a reference. */
  examples?(reference: z.output<Reference>): VerifierExamples
}
