import { FaultError, isInterleaveError, messageOf, type FaultBoundary } from '@interleave/trajectory'

/** Whatever a tool threw beyond what it may throw, as a fault; a fault of its own keeps the boundary it names. */
export function toFault(boundary: FaultBoundary, code: string, what: string, thrown: unknown): FaultError {
  if (isInterleaveError(thrown) && 'boundary' in thrown) return thrown as FaultError
  return new FaultError(boundary, code, `${what}: ${messageOf(thrown)}`, { cause: thrown })
}
