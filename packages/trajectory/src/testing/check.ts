import { InterleaveError, isInterleaveError, messageOf } from '../error.ts'

/** One check of a conformance suite. It throws where its subject is wrong; the message says what to change. */
export interface Check {
  readonly name: string
  run(signal: AbortSignal): void | Promise<void>
}

/** What became of a check. Skipped means that it does not apply to this subject, and why. */
export interface CheckResult {
  readonly name: string
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly reason?: string
}

/** Thrown inside a check that does not apply. */
export function skipCheck(reason: string): never {
  throw new InterleaveError('check_skipped', reason)
}

/** Fails a check unless the condition holds. */
export function expectCheck(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InterleaveError('check_failed', message)
}

/** Runs checks one after another, each with a deadline, and reports on all of them: never throws for a failed one. */
export async function runChecks(
  checks: readonly Check[],
  options: { timeoutMs?: number } = {},
): Promise<CheckResult[]> {
  const timeoutMs = options.timeoutMs ?? 30_000
  const results: CheckResult[] = []
  for (const check of checks) results.push(await runCheck(check, timeoutMs))
  return results
}

async function runCheck(check: Check, timeoutMs: number): Promise<CheckResult> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort()
      reject(new InterleaveError('check_failed', `did not finish within ${timeoutMs} ms`))
    }, timeoutMs)
  })
  try {
    await Promise.race([Promise.resolve(check.run(controller.signal)), late])
    return { name: check.name, status: 'passed' }
  } catch (error) {
    const skipped = isInterleaveError(error, 'check_skipped')
    return { name: check.name, status: skipped ? 'skipped' : 'failed', reason: messageOf(error) }
  } finally {
    clearTimeout(timer)
  }
}
