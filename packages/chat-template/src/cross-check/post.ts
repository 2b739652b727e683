import { InterleaveError, messageOf } from '@interleave/trajectory'
import type { z } from 'zod'

const deadlineMs = 30_000
const longestReply = 1_000_000

/** Posts JSON and reads JSON, within a deadline and a size. Throws `no_server` or `bad_reply`, naming the address. */
export async function post<Schema extends z.ZodType>(
  base: string,
  path: string,
  body: object,
  schema: Schema,
  signal?: AbortSignal,
): Promise<z.output<Schema>> {
  const url = `${base.replace(/\/+$/, '')}${path}`
  const bad = (reason: string): InterleaveError =>
    new InterleaveError('bad_reply', `${url} ${reason}. Is this the root of a vLLM server, and the model's name right?`)
  const deadline = AbortSignal.timeout(deadlineMs)
  const init: RequestInit = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
  }
  let status: number
  let text = ''
  try {
    const response = await fetch(url, init)
    status = response.status
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > longestReply) break
    }
  } catch (error) {
    signal?.throwIfAborted()
    const reason = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error)
    throw new InterleaveError('no_server', `${url} could not be asked: ${reason}.`, { cause: error })
  }
  if (text.length > longestReply) throw bad(`sent more than ${longestReply} characters`)
  if (status !== 200) throw bad(`answered with status ${status}: ${text.slice(0, 200)}`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw bad('did not send JSON')
  }
  const result = schema.safeParse(json)
  if (!result.success) throw bad('did not send the fields that were asked for')
  return result.data
}
