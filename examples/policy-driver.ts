// A driver: the code that speaks the protocol of one policy server, here that of `token-server.ts`.
import assert from 'node:assert/strict'
import { declareCapabilities, functionPolicy, type Policy } from '@interleave/policy'
import { FaultError, messageOf } from '@interleave/trajectory'
import { z } from 'zod'
import { startTokenServer } from './token-server.ts'

// A reply of another form is refused here; whether there is one logprob for each token, the environment checks.
const replySchema = z.object({
  tokens: z.array(z.int().nonnegative()).min(1),
  logprobs: z.array(z.number().max(0)),
  finish: z.enum(['stop', 'length']),
})

type Address = () => string | Promise<string>
async function post(address: Address, request: object, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(await address(), { method: 'POST', body: JSON.stringify(request), signal })
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    if (text.length > 1e6) throw new Error('it is longer than a million characters')
  }
  if (!response.ok) throw new Error(`${response.status}, ${text}`)
  return JSON.parse(text)
}

/** A policy behind a token server. Whatever fails in here is a fault: it voids a rollout, the model is not to blame. */
export function tokenServerPolicy(address: Address): Policy {
  // What is not declared is not offered: images, what was drawn before an abort, weight versions.
  const about = { model: 'bigram', driver: 'token-server', exact: true, logprobs: 'raw', seeded: true } as const
  return functionPolicy(declareCapabilities(about), async ({ images, sampling, signal, tokens }) => {
    if (images.length > 0) throw new FaultError('policy', 'no_images', 'The token server takes no images.')
    const reply = await post(address, { tokens, ...sampling }, signal).catch((cause: unknown) => {
      signal.throwIfAborted()
      throw new FaultError('policy', 'lost', `No reply (${messageOf(cause)}); see that the token server runs.`, {
        cause,
      })
    })
    const parsed = replySchema.safeParse(reply)
    if (parsed.success) return parsed.data
    throw new FaultError('policy', 'bad_reply', `Not a reply of a token server: ${parsed.error.issues[0]?.message}.`)
  })
}

let server: Promise<string> | undefined
export const policy = tokenServerPolicy(() => (server ??= startTokenServer()))
/** What `interleave check` needs: ids to continue, and those that end a turn. */
export const checks = { prompt: [5, 9], stopTokens: [0] }

if (import.meta.main) {
  const sampling = { temperature: 1, maxTokens: 24, seed: 2, stopTokens: [0] }
  const names = { requestId: 'request', sessionKey: 'session', signal: AbortSignal.timeout(30_000) }
  const request = { tokens: checks.prompt, images: [], sampling, ...names }
  const { tokens, finish } = await policy.generate(request)
  assert.deepEqual((await policy.generate(request)).tokens, tokens)
  await assert.rejects(tokenServerPolicy(() => 'http://127.0.0.1:1').generate(request), { code: 'lost' })
  await assert.rejects(tokenServerPolicy(() => 'data:,{"tokens":[]}').generate(request), { code: 'bad_reply' })
  console.log(`policy-driver: drew ${tokens.join(' ')} (${finish}); a lost and a lying server are faults`)
}
