import { FaultError } from '@interleave/trajectory'
import type { PolicyCapabilities } from './policy.ts'

/** The fault of a request to a policy that has been disposed of. */
export function policyDisposed({ driver }: PolicyCapabilities): FaultError {
  return new FaultError('policy', 'disposed', `The policy "${driver}" has been disposed of; make a new one.`)
}
