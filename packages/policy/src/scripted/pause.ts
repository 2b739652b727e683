/** Waits that long unless a signal fires first or has fired; whether one did. */
export async function pause(ms: number, signals: readonly AbortSignal[]): Promise<boolean> {
  const fired = (): boolean => signals.some((signal) => signal.aborted)
  if (ms <= 0 || fired()) return fired()
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    for (const signal of signals) signal.addEventListener('abort', wake, { once: true })
  })
  return fired()
}
