import { FaultError, isInterleaveError, messageOf, type FaultBoundary } from '@interleave/trajectory'

/** Whatever a tool threw beyond what it may throw, as a fault; a fault of its own keeps the boundary it names. */
export function toFault(boundary: FaultBoundary, code: string, what: string, thrown: unknown): FaultError {
  if (isFault(thrown)) return thrown
  return new FaultError(boundary, code, `${what}: ${messageOf(thrown)}`, { cause: thrown })
}

function isFault(thrown: unknown): thrown is FaultError {
  try {
    return isInterleaveError(thrown) && 'boundary' in thrown
  } catch {
    // A proxy may throw whatever it is asked.
    return false
  }
}
