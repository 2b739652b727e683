import { InterleaveError } from '@interleave/trajectory'

const longestEndMs = 40_000

/**
 * A signal that Ctrl-C (or SIGTERM) fires once, so that work in flight can end in order. A second Ctrl-C ends the process
 * at once: whatever is written is complete or cut off on the next start.
 */
export function interruptSignal(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController()
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new InterleaveError('cancelled', `Stopped by ${name}.`))
    // Whatever does not heed the signal must not keep the process.
    setTimeout(() => process.exit(130), longestEndMs).unref()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
