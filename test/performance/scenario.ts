import type { ChatTemplate } from '@interleave/chat-template'
import { connectEnvironment, defineEnvironment, type EnvironmentSource } from '@interleave/environment'
import { declareCapabilities, functionPolicy, type GenerateResult } from '@interleave/policy'
import { defineTool } from '@interleave/tool'
import { memoryMediaStore, type Task } from '@interleave/trajectory'
import { defineVerifier } from '@interleave/verifier'
import { byteIds, byteTemplate } from '@interleave/chat-template/byte'
import sharp from 'sharp'
import { z } from 'zod'

/** What a scenario adds to the plain three turns: two calls of a tool that adds one, then an answer. */
export interface Scenario {
  readonly name: string
  /** Tokens of the prompt. */
  readonly history: number
  /** Whether the tool returns an image of a megapixel in each turn. */
  readonly image: boolean
}

export const scenarios: readonly Scenario[] = [
  { name: 'plain', history: 64, image: false },
  { name: '1-megapixel image per turn', history: 64, image: true },
  { name: '32,000-token history', history: 32_000, image: false },
]

const template: ChatTemplate = byteTemplate()

/** A source whose policy answers at once: what remains is the engine, from prompt to scored trajectory. */
export async function instantSource(scenario: Scenario): Promise<{ source: EnvironmentSource; task: Task }> {
  const replies = sampledReplies()
  const capabilities = declareCapabilities({
    model: 'instant',
    driver: 'performance',
    exact: true,
    images: true,
    logprobs: 'raw',
  })
  // The turn is known by the request's own name, so that the policy costs nothing.
  const policy = functionPolicy(capabilities, ({ requestId }) => replies[Number(requestId.at(-1)) - 1]!)
  // Some 400 KB: the engine hashes, registers and stores them, it does not decode.
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
  const side = { width: 1024, height: 1024 }
  const bytes = await sharp({ create: { ...side, channels: 3, background: '#888888', noise } })
    .jpeg()
    .toBuffer()
  const add = defineTool({
    name: 'add',
    description: 'Adds one to a number.',
    input: z.object({ a: z.number() }),
    run: ({ a }) =>
      scenario.image
        ? { content: [`${a + 1}`, { type: 'image', image: { bytes, mime: 'image/jpeg', ...side } }] }
        : `${a + 1}`,
  })
  const isFour = defineVerifier({
    name: 'is-four',
    version: '1',
    reference: z.string(),
    verify: ({ text }, reference) => ({
      status: 'scored',
      score: text.includes(reference) ? 1 : 0,
      explanation: 'the text holds the reference',
    }),
  })
  const environment = defineEnvironment({ name: 'performance', version: '1', tools: [add], verifiers: [isFour] })
  const task: Task = {
    id: 'sum',
    prompt: [{ type: 'text', text: 'x'.repeat(Math.max(1, scenario.history - 64)) }],
    reference: 'answer 4',
  }
  return { source: connectEnvironment(environment, { policy, template, media: memoryMediaStore() }), task }
}

/** Three turns of 48 tokens or so: a call, a call, an answer. */
function sampledReplies(): GenerateResult[] {
  const encode = (text: string): number[] => [...new TextEncoder().encode(text)]
  const call = (a: number): number[] => [
    byteIds.thinkClose,
    byteIds.callOpen,
    ...encode(`{"name": "add", "arguments": {"a": ${a}}}`),
    byteIds.callClose,
    byteIds.turnEnd,
  ]
  const answer = [
    ...encode('two and two make'),
    byteIds.thinkClose,
    ...encode('the answer 4 is right'),
    byteIds.turnEnd,
  ]
  return [call(1), call(2), answer].map((tokens) => ({ tokens, logprobs: tokens.map(() => -0.1), finish: 'stop' }))
}
