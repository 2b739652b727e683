// One listener per signal, however many rollouts follow it: removing a listener from a signal is linear in their
// number, and AbortSignal.any keeps every derived signal alive as long as its source.
const fans = new WeakMap<AbortSignal, Set<AbortController>>()

/** Aborts the controller when the signal fires. Returns what ends that. */
export function followSignal(signal: AbortSignal, controller: AbortController): () => void {
  if (signal.aborted) {
    controller.abort(signal.reason)
    return () => {}
  }
  let followers = fans.get(signal)
  if (followers === undefined) {
    const created = new Set<AbortController>()
    signal.addEventListener(
      'abort',
      () => {
        for (const follower of created) follower.abort(signal.reason)
      },
      { once: true },
    )
    fans.set(signal, created)
    followers = created
  }
  const joined = followers
  joined.add(controller)
  return () => joined.delete(controller)
}
