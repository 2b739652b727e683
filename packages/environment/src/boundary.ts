import { FaultError, isInterleaveError, messageOf, type FaultBoundary } from '@interleave/trajectory'

/** Whether something thrown is a fault, whichever copy of the package made it. */
export function isFault(thrown: unknown): thrown is FaultError {
  return isInterleaveError(thrown) && 'boundary' in thrown
}

/** Whatever was thrown beyond a boundary of ours as a fault of that boundary; faults keep the boundary they name. */
export function toFault(boundary: FaultBoundary, thrown: unknown): FaultError {
  if (isFault(thrown)) return thrown
  return new FaultError(boundary, 'failed', messageOf(thrown), { cause: thrown })
}

/** Runs a function of somebody else's; what it throws becomes a fault of its boundary. */
export function atBoundary<Result>(boundary: FaultBoundary, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw toFault(boundary, error)
  }
}
