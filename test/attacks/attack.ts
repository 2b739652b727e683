import type { IsolationTier } from '@interleave/code-interpreter'

/** How a call ends: well, or with the code of its error. */
export type Ending = 'ok' | 'exception' | 'time_limit' | 'interpreter_died' | 'protocol_violation'

/** What the machine has that an attack may aim at. */
export interface Host {
  /** A TCP server on 127.0.0.1, and two of Unix sockets. */
  readonly tcpPort: number
  readonly unixPath: string
  readonly abstractName: string
  /** A file, an environment variable and a variable of another rollout that hold something nobody may read. */
  readonly secretFile: string
  readonly pid: number
  /** Where the fork server listens. */
  readonly serverSocket: string
}

/** One case. The code is Python; helpers that it may use are in `prelude`. */
export interface Attack {
  readonly name: string
  readonly code: string | ((host: Host) => string)
  /** How the call ends where the attack is blocked or contained, and what its text then shows. */
  readonly ends: readonly Ending[]
  readonly says?: RegExp
  /** How a call ends that comes after, before one that is right: the attack showed only then. */
  readonly late?: readonly Ending[]
  /** The bytes of the rollout's images, which are said to be PNG files of 10 x 10 pixels. */
  readonly images?: () => Promise<readonly Uint8Array[]>
  /** Time for the session before the call that comes after, in milliseconds. */
  readonly pauseMs?: number
  readonly timeout?: number
  /**
   * At tier T0 nothing is blocked and this may be a machine of somebody's: the same code where it does no harm there, code
   * that only shows that it could, or why the case is left out.
   */
  readonly plain: 'same' | { readonly code: Attack['code'] } | { readonly leftOut: string }
  /** Tiers where the case says nothing, with the reason. */
  readonly leftOut?: Partial<Readonly<Record<IsolationTier, string>>>
}

/** Attacks of one kind. */
export interface AttackGroup {
  readonly name: string
  readonly attacks: readonly Attack[]
}

/** What a probe prints where it got through. */
export const open = /^open: /m
const blocked = /^blocked: /m

/** `attempt(f)` says whether f could do what it tries; `call(number, ...)` is a system call; `find(kind)` looks up the stack. */
export const prelude = `
import ctypes as _c, os as _o, sys as _s
def attempt(act):
    try:
        result = act()
    except BaseException as error:
        print("blocked:", type(error).__name__, error)
    else:
        print("open:", str(result)[:100])
def call(number, *arguments):
    result = _c.CDLL(None, use_errno=True).syscall(_c.c_long(number), *arguments)
    if result < 0:
        raise OSError(_c.get_errno(), _o.strerror(_c.get_errno()))
    return result
def find(name):
    frame = _s._getframe()
    while frame is not None and name not in frame.f_locals:
        frame = frame.f_back
    if frame is None:
        raise LookupError(name)
    return frame.f_locals[name]
`

/** A case whose code tries something and says whether it worked. */
export function probe(
  name: string,
  code: Attack['code'],
  plain: Attack['plain'] = 'same',
  more: Partial<Attack> = {},
): Attack {
  return { name, code, plain, ends: ['ok'], says: blocked, ...more }
}

/** A case that runs into its time limit. */
export function hangs(name: string, code: string, plain: Attack['plain'] = 'same'): Attack {
  return { name, code, plain, ends: ['time_limit'], timeout: 0.3 }
}

/** A case that does its session harm and nothing else. */
export function contained(
  name: string,
  code: Attack['code'],
  ends: Ending | readonly Ending[],
  more: Partial<Attack> = {},
): Attack {
  return { name, code, plain: 'same', ends: typeof ends === 'string' ? [ends] : ends, ...more }
}
