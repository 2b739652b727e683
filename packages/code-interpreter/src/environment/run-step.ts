import { execa } from 'execa'

const longestMs = 10 * 60_000

/** How a command ended. */
export interface StepEnd {
  readonly ok: boolean
  /** What it printed, standard output and error together; why it could not start where it did not. */
  readonly output: string
}

/**
 * Runs a command to its end. When the signal fires, or this process exits, the command is killed with all that it has
 * started, and the signal's reason is thrown.
 */
export async function runStep(
  command: string,
  words: readonly string[],
  options: { cwd: string; env: Record<string, string>; signal: AbortSignal },
): Promise<StepEnd> {
  const { cwd, env, signal } = options
  signal.throwIfAborted()
  const deadline = AbortSignal.timeout(longestMs)
  // A group of its own: pip and venv start processes of theirs, which must not go on in a folder that is being removed.
  const child = execa(command, words, {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    stdin: 'ignore',
    all: true,
    reject: false,
  })
  const kill = (): void => killGroup(child.pid)
  const stop = AbortSignal.any([signal, deadline])
  stop.addEventListener('abort', kill)
  process.once('exit', kill)
  try {
    const { all, failed, shortMessage } = await child
    signal.throwIfAborted()
    if (deadline.aborted) return { ok: false, output: `${all}\nIt did not end within ${longestMs / 60_000} minutes.` }
    const output = all.trim()
    return { ok: !failed, output: output === '' && failed ? (shortMessage ?? '') : output }
  } finally {
    stop.removeEventListener('abort', kill)
    process.off('exit', kill)
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
