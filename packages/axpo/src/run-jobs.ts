import { InterleaveError } from '@interleave/trajectory'

/** How long work in flight may take to wind up once a step is called off. */
const windUpMs = 30_000

/**
 * Runs jobs as `next` hands them out, at most `limit` at once, until it hands out none and none is in flight; a finished
 * job may have made new ones. On a failure or on abort no job is started any more, `stop` is called with the reason, and
 * what is in flight is waited for before this rejects with that reason.
 */
export function runJobs<Job>(input: {
  readonly next: () => Job | undefined
  readonly run: (job: Job) => Promise<void>
  readonly limit: number
  readonly signal: AbortSignal
  readonly stop: (reason: unknown) => void
}): Promise<void> {
  const { next, run, limit, signal, stop } = input
  return new Promise((resolve, reject) => {
    let running = 0
    let failure: { reason: unknown } | undefined
    let timer: NodeJS.Timeout | undefined

    function settle(): void {
      signal.removeEventListener('abort', onAbort)
      clearTimeout(timer)
      if (failure === undefined) resolve()
      else reject(asError(failure.reason))
    }

    function fail(reason: unknown): void {
      if (failure !== undefined) return
      failure = { reason }
      stop(reason)
      // A source that ignores its signal must not hold up whoever pressed Ctrl-C for ever.
      if (running > 0) timer = setTimeout(settle, windUpMs)
    }

    function onAbort(): void {
      fail(signal.reason)
      if (running === 0) settle()
    }

    function pump(): void {
      while (running < limit) {
        const job = failure === undefined ? next() : undefined
        if (job === undefined) break
        running += 1
        void run(job)
          .catch(fail)
          .then(() => {
            running -= 1
            pump()
          })
      }
      if (running === 0) settle()
    }

    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    pump()
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new InterleaveError('aborted', String(reason), { cause: reason })
}
