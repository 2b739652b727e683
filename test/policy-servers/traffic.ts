import { driverNames } from '@interleave/policy/probe'
import { z } from 'zod'

/** One question to a policy server and what it answered; ids of requests are left out of its key. */
const turnSchema = z.strictObject({
  /** Method, path and body. */
  key: z.string(),
  status: z.int(),
  /** Null where the client closed the connection first. */
  answer: z.string().nullable(),
  /** Answered only once the request was ended by its id. */
  ended: z.boolean(),
})
export type RecordedTurn = z.infer<typeof turnSchema>

export const trafficSchema = z.strictObject({
  server: z.string(),
  driver: z.enum(driverNames),
  turns: z.array(turnSchema),
})
export type Traffic = z.infer<typeof trafficSchema>

/** What makes two requests the same. */
export function keyOf(method: string, path: string, body: string): string {
  if (body === '') return `${method} ${path}`
  const { request_id: _, request_ids: __, ...rest } = z.record(z.string(), z.unknown()).parse(JSON.parse(body))
  return `${method} ${path} ${JSON.stringify(rest)}`
}

/** The id under which a server knows a request. */
export function idOf(path: string, body: string): string | undefined {
  const id =
    body === '' ? undefined : z.object({ request_id: z.string().optional() }).parse(JSON.parse(body)).request_id
  return id === undefined ? undefined : path === '/inference/v1/generate' ? `generate-tokens-${id}` : id
}

export function endedIds(path: string, body: string): string[] {
  if (path !== '/inference/v1/abort_requests') return []
  return z.object({ request_ids: z.array(z.string()) }).parse(JSON.parse(body)).request_ids
}
