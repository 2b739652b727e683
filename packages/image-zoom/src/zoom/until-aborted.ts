/** The value of work that cannot be stopped, or the signal's reason once it fires; `onGiveUp` runs at that moment. */
export function untilAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  onGiveUp: () => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error)
      onGiveUp()
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
