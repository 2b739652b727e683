import type { PolicyCapabilities } from '../policy.ts'

/** The id that stands for an image in logical tokens, and how many of it the model sees. */
export interface ScriptedPad {
  readonly id: number
  readonly length: number
}

/** What steps need to know of their policy. */
export interface Stage {
  readonly capabilities: PolicyCapabilities
  readonly imagePad?: ScriptedPad
  readonly weightVersion: string
  /** Fires when the policy is disposed of. */
  readonly disposed: AbortSignal
}
