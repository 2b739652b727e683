import type { PolicyCapabilities } from './policy.ts'

/** Capabilities in full, frozen: what a driver does not declare it does not offer. */
export function declareCapabilities(
  declared: Pick<PolicyCapabilities, 'model' | 'driver'> & Partial<PolicyCapabilities>,
): PolicyCapabilities {
  return Object.freeze({
    exact: false,
    images: false,
    logprobs: 'none',
    seeded: false,
    abort: false,
    weightVersions: false,
    effectivePrompt: false,
    ...declared,
  })
}
