import type { GenerateRequest, GenerateResult, Policy, PolicyCapabilities } from './policy.ts'
import { policyDisposed } from './policy-disposed.ts'

/**
 * A policy whose replies a function gives, with nothing between: for benchmarks, and for tests that need no script. The
 * function answers for what the capabilities declare; what it throws, the request rejects with.
 */
export function functionPolicy(
  capabilities: PolicyCapabilities,
  generate: (request: GenerateRequest) => GenerateResult | Promise<GenerateResult>,
): Policy {
  let disposed = false
  return {
    capabilities,
    async generate(request) {
      if (disposed) throw policyDisposed(capabilities)
      return generate(request)
    },
    async [Symbol.asyncDispose]() {
      disposed = true
    },
  }
}
