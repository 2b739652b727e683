// A very small policy server: token ids in, token ids out, over HTTP. Its model is a bigram over 32 ids.
// It imports nothing of Interleave: to `policy-driver.ts` it is somebody else's program.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setImmediate as breathe } from 'node:timers/promises'
import { z } from 'zod'

const vocabulary = Array.from({ length: 32 }, (_, id) => id)
const id = z.int().min(0).max(31)
// Strict: a sampling option that this server does not know is refused, not ignored.
const requestSchema = z.strictObject({
  tokens: z.array(id).min(1).max(4096),
  temperature: z.number().nonnegative(),
  maxTokens: z.int().min(1).max(4096),
  seed: z.int().nonnegative(),
  stopTokens: z.array(id).max(16),
})

/** The model: the probability of each id after the last one. */
const bigram = vocabulary.map((last) => {
  const odds = vocabulary.map((next) => Math.exp(2 * Math.sin(1 + last * 7.3 + next * 11.7)))
  return odds.map((one) => one / odds.reduce((total, other) => total + other))
})

/** An id drawn by a hash of seed and position, so that a request can be repeated. */
function draw(odds: readonly number[], temperature: number, seed: number, position: number): number {
  const highest = Math.max(...odds)
  if (temperature === 0) return odds.indexOf(highest)
  const scaled = odds.map((one) => (one / highest) ** (1 / temperature))
  const mixed = Math.imul(seed ^ Math.imul(position + 1, 0x9e3779b1), 0x85ebca6b)
  const uniform = (Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 0) / 2 ** 32
  let left = uniform * scaled.reduce((total, one) => total + one)
  return vocabulary.find((id) => (left -= scaled[id]!) < 0) ?? 31
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parsed = requestSchema.safeParse(await json(request).catch(() => null))
  if (!parsed.success) return void response.writeHead(400).end(parsed.error.issues[0]?.message)
  const { maxTokens, seed, stopTokens, temperature, tokens: prompt } = parsed.data
  const [tokens, logprobs]: [number[], number[]] = [[], []]
  // It ends with a stop token, at the length limit, or when the client hangs up.
  while (tokens.length < maxTokens && !stopTokens.includes(tokens.at(-1) ?? -1) && !response.destroyed) {
    const odds = bigram[tokens.at(-1) ?? prompt.at(-1)!]!
    tokens.push(draw(odds, temperature, seed, tokens.length))
    logprobs.push(Math.log(odds[tokens.at(-1)!]!))
    await breathe()
  }
  response.end(JSON.stringify({ tokens, logprobs, finish: stopTokens.includes(tokens.at(-1)!) ? 'stop' : 'length' }))
}

/** Starts a server on a free port of this machine and gives its address. It does not keep the process alive. */
export async function startTokenServer(): Promise<string> {
  const server = createServer((request, response) => void answer(request, response)).unref()
  await once(server.on('connection', (socket) => socket.unref()).listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
