import { InterleaveError } from '@interleave/trajectory'
import { z } from 'zod'

/**
 * How well code is kept apart from its host, strongest first.
 *
 * - `T3`: user, mount, process, network, IPC and host-name namespaces of its own, a private file system, no capabilities,
 *   seccomp, resource limits, and a cgroup that bounds the memory and processes of a session as a whole.
 * - `T2`: the same without a cgroup: memory is bounded for each process.
 * - `T1`: no namespaces: Landlock, seccomp, resource limits and, where started as root, a user id of its own.
 * - `T0`: a plain process with resource limits. It can do whatever the user can.
 */
export const isolationTiers = Object.freeze(['T3', 'T2', 'T1', 'T0'] as const)
export type IsolationTier = (typeof isolationTiers)[number]

export const tierSchema = z.enum(isolationTiers)

/** Why tiers stronger than the one in use do not work here. */
export type Refusals = Readonly<Partial<Record<IsolationTier, string>>>

export interface IsolationOptions {
  /** The weakest tier to run at; below it nothing starts. Default `T2`. `T0` is refused here: see `unsafe`. */
  readonly minimumIsolation?: Exclude<IsolationTier, 'T0'>
  /** A tier to use in place of the strongest that the machine offers. */
  readonly isolation?: IsolationTier
  /** Allows `T0`, where model code can do whatever you can: read your files, reach your network, end your processes. */
  readonly unsafe?: boolean
}

/** The tiers that these options allow, strongest first. Throws `bad_option` where they contradict each other. */
export function allowedTiers({
  isolation,
  minimumIsolation = 'T2',
  unsafe = false,
}: IsolationOptions): readonly IsolationTier[] {
  const weakest = isolationTiers.indexOf(unsafe ? 'T0' : minimumIsolation)
  const allowed = isolationTiers.slice(0, weakest + 1)
  if (isolation === undefined) return allowed
  if (allowed.includes(isolation)) return [isolation]
  throw new InterleaveError(
    'bad_option',
    isolation === 'T0'
      ? 'The tier T0 isolates nothing: it needs `unsafe: true`.'
      : `The tier ${isolation} is weaker than minimumIsolation, ${minimumIsolation}.`,
  )
}
