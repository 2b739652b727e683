import { byteIds, byteTemplate } from '@interleave/chat-template/byte'
import {
  declareCapabilities,
  type GenerateRequest,
  type GenerateResult,
  type Policy,
  type PolicyCapabilities,
} from '@interleave/policy'
import { defineTool } from '@interleave/tool'
import { contentHash, memoryMediaStore, type Image, type MediaStore, type Task } from '@interleave/trajectory'
import { exactMatch } from '@interleave/verifier'
import { z } from 'zod'
import { defineEnvironment, type EnvironmentDefinition } from '../environment.ts'
import { connectEnvironment, type EnvironmentSource } from '../rollout-source.ts'
import type { RolloutRequest } from '../rollout-context.ts'

export const template = byteTemplate()
const ids = byteIds

const bytes = (text: string): number[] => [...new TextEncoder().encode(text)]

/** Sampled turns: thinking, then what follows. */
export const call = (thinking: string, ...calls: string[]): number[] => [
  ...bytes(thinking),
  ids.thinkClose,
  ...calls.flatMap((json) => [ids.callOpen, ...bytes(json), ids.callClose]),
  ids.turnEnd,
]
export const answer = (thinking: string, text: string): number[] => [
  ...bytes(thinking),
  ids.thinkClose,
  ids.answerOpen,
  ...bytes(text),
  ids.answerClose,
  ids.turnEnd,
]
export const addCall = (a: number): string => JSON.stringify({ name: 'add', arguments: { a } })

const capabilities = declareCapabilities({
  model: 'played',
  driver: 'test',
  exact: true,
  images: true,
  logprobs: 'raw',
  seeded: true,
  abort: true,
})

/** A policy that answers each request by a function of it; the tokens it was sent are kept. */
export function played(
  reply: (request: GenerateRequest, index: number) => number[] | Partial<GenerateResult> | Promise<GenerateResult>,
  declared: Partial<PolicyCapabilities> = {},
): Policy & { sent: number[][] } {
  const sent: number[][] = []
  return {
    sent,
    capabilities: { ...capabilities, ...declared },
    async generate(request) {
      sent.push([...request.tokens])
      const made = await reply(request, sent.length - 1)
      if (Array.isArray(made)) return { tokens: made, logprobs: made.map((id) => -((id % 7) + 1) / 8), finish: 'stop' }
      if (made === undefined) return made
      const logprobs = Array.from(made.tokens ?? [], () => -0.5)
      return { tokens: [], logprobs, finish: 'stop', ...made }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** Plays turns in order. */
export const turns = (...list: number[][]): ReturnType<typeof played> =>
  played((_, index) => list[index] ?? list.at(-1)!)

export const pixel: Image = {
  hash: contentHash(new Uint8Array([1, 2, 3])),
  mime: 'image/png',
  width: 64,
  height: 32,
  bytes: new Uint8Array([1, 2, 3]),
}

export const add = defineTool({
  name: 'add',
  description: 'Adds one.',
  input: z.object({ a: z.number() }),
  run: ({ a }) => `${a + 1}`,
})

export const draw = defineTool({
  name: 'draw',
  description: 'Draws a picture of a random number.',
  input: z.object({}),
  run: (_, { random }) => {
    const drawn = new TextEncoder().encode(String(random()))
    return { content: ['here', { type: 'image', image: { bytes: drawn, mime: 'image/png', width: 16, height: 16 } }] }
  },
})

export const task: Task = { id: 'sum', prompt: [{ type: 'text', text: 'What is 1 + 2?' }], reference: '3' }

export interface World {
  source: EnvironmentSource
  media: MediaStore
}

export function world(
  policy: Policy,
  definition: Partial<EnvironmentDefinition> = {},
  media = memoryMediaStore(),
): World {
  const environment = defineEnvironment({
    name: 'sums',
    version: '1',
    tools: [add, draw],
    verifiers: [exactMatch()],
    ...definition,
  })
  return { source: connectEnvironment(environment, { policy, template, media }), media }
}

export function request(overrides: Partial<RolloutRequest> = {}): RolloutRequest {
  return {
    id: 'g.r0',
    groupId: 'g',
    index: 0,
    sessionKey: 'g',
    seed: 7,
    signal: new AbortController().signal,
    ...overrides,
  }
}
