/** Runs work, at most so much of it at a time; the rest waits in order. */
export type Limiter = <Result>(work: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>

/** A limiter for `width` pieces of work at a time. Work whose signal fires while it waits is dropped: it rejects with the reason. */
export function createLimiter(width: number): Limiter {
  const waiting = new Set<() => void>()
  let free = width

  function turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, reject, resolve } = Promise.withResolvers<void>()
    const onAbort = (): void => {
      waiting.delete(start)
      reject(signal?.reason as Error)
    }
    const start = (): void => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    waiting.add(start)
    return promise
  }

  function release(): void {
    const [next] = waiting
    if (next === undefined) free += 1
    else {
      waiting.delete(next)
      next()
    }
  }

  return async (work, signal) => {
    signal?.throwIfAborted()
    if (free > 0) free -= 1
    else await turn(signal)
    try {
      return await work()
    } finally {
      release()
    }
  }
}
