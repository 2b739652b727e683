import { FaultError } from '@interleave/trajectory'
import { z } from 'zod'
import type { Answer } from './exchange.ts'

const longest = 400

/** The usual ways in which servers put a reason into an answer. */
const reasonSchema = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
  z
    .object({ detail: z.array(z.object({ msg: z.string() })) })
    .transform(({ detail }) => detail.map(({ msg }) => msg).join('; ')),
])

/** The fault of an answer that is no success. None of these is asked again: the same question has the same answer. */
export function statusFault(answer: Answer, url: URL, path: string): FaultError {
  const { status, location } = answer
  const reason = reasonOf(answer.text)
  const make = (code: string, sentence: string): FaultError =>
    new FaultError('policy', code, `The policy server ${url.href} ${sentence}${reason}`)
  if (status === 401 || status === 403)
    return make('unauthorised', `does not let us in (${status}); give the key that it was started with as apiKey.`)
  if (status === 404 && /model/i.test(reason))
    return make('wrong_model', 'serves another model than was asked for; give the name of one that it serves as model.')
  if (status === 404 || status === 405)
    return make(
      'bad_url',
      `has no ${path} (${status}); look at its address, and whether it was started with that route.`,
    )
  if (status >= 300 && status < 400)
    return make('bad_url', `sends us on to ${location ?? 'another address'} (${status}); give that address.`)
  if (status === 429 || status === 503)
    return make(
      'overloaded',
      `takes no more requests now (${status}); ask for fewer rollouts at once, or wait until it has started.`,
    )
  if (status >= 500)
    return make(
      'server_error',
      `failed at this request (${status}); it was not sent again, as it may be the request: see the server's log.`,
    )
  return make('rejected', `refuses this request (${status}).`)
}

function reasonOf(text: string): string {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    parsed = undefined
  }
  const found = reasonSchema.safeParse(parsed)
  const reason = (found.success ? found.data : text).replaceAll(/\s+/g, ' ').trim()
  if (reason === '') return ''
  const shown = reason.length > longest ? `${reason.slice(0, longest)}… (cut)` : reason
  return ` It says: ${shown}${/[.!?)]$/.test(shown) ? '' : '.'}`
}
