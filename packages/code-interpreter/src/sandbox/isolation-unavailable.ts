import { FaultError } from '@interleave/trajectory'
import type { Refusals } from '../interpreter/isolation.ts'

/** The fault of a machine that offers none of the tiers asked for, with why each is not to be had and what to do. */
export function isolationUnavailable(refused: Refusals): FaultError {
  const reasons = Object.entries(refused).map(([tier, reason]) => `${tier}: ${reason.replace(/\.$/, '')}`)
  return new FaultError(
    'sandbox',
    'isolation_unavailable',
    `This machine offers none of the tiers of isolation asked for (${reasons.join('; ')}). Allow unprivileged user namespaces (Docker: --security-opt seccomp=unconfined --security-opt apparmor=unconfined), or ask for less with minimumIsolation.`,
  )
}
