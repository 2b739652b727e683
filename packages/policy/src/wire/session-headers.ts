import { contentHash } from '@interleave/trajectory'

/** Routers keep requests of one session on one server, whose cache holds their prefix. */
export function sessionHeaders(sessionKey: string): Record<string, string> {
  const fits = /^[\w.:/-]{1,200}$/.test(sessionKey)
  return { 'x-session-id': fits ? sessionKey : contentHash(sessionKey).slice(0, 32) }
}
