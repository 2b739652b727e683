const firstMs = 250
const longestMs = 15_000
// A server that asks for more than this is as good as gone.
const longestAskedMs = 60_000

/** How long to wait before asking again: what the server asks for, or twice as long each time, spread so that not all come at once. */
export function retryDelay(attempt: number, retryAfter: string | undefined, now = Date.now()): number {
  const asked = retryAfter === undefined ? undefined : askedDelay(retryAfter, now)
  const spread = 0.5 + Math.random() / 2
  return asked ?? Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 10)) * spread
}

/** Seconds or a date, as RFC 9110 has it. */
function askedDelay(retryAfter: string, now: number): number | undefined {
  const ms = /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now
  return Number.isFinite(ms) ? Math.min(longestAskedMs, Math.max(0, ms)) : undefined
}
