import { isInterleaveError } from '@interleave/trajectory'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ask } from '../__fixtures__/ask.ts'
import { completionsWire } from '../completions/completions-wire.ts'
import { declareCapabilities } from '../declare-capabilities.ts'
import { llamaWire } from '../llama-cpp/llama-wire.ts'
import { vllmWire } from '../vllm/vllm-wire.ts'
import { checkAnswer } from './check-answer.ts'
import type { Wire, WireTurn } from './wire.ts'

const { tokens, images, sampling, sessionKey } = ask()
const turn: WireTurn = { tokens, images, sampling, sessionKey, id: 'x', model: 'tiny' }
const capabilities = declareCapabilities({ model: 'tiny', driver: 'x', exact: true, logprobs: 'raw' })

const record = { token_id: 5, id: 5, logprob: -1 }
const honest: readonly (readonly [Wire, unknown])[] = [
  [
    vllmWire(),
    {
      model: 'tiny',
      prompt_token_ids: [1, 2, 3],
      choices: [{ token_ids: [5, 5], finish_reason: 'length', logprobs: { content: [record, record] } }],
    },
  ],
  [
    completionsWire(),
    {
      model: 'tiny',
      choices: [
        {
          token_ids: [5, 5],
          prompt_token_ids: [1, 2, 3],
          finish_reason: 'length',
          logprobs: { token_logprobs: [-1, -1] },
        },
      ],
    },
  ],
  [
    llamaWire(),
    { tokens: [5, 5], stop_type: 'limit', tokens_evaluated: 3, completion_probabilities: [record, record] },
  ],
]

/** What a driver makes of some text: a reply that holds, or a fault of the policy. Anything else is thrown on. */
function outcome(wire: Wire, text: string): 'reply' | 'fault' {
  try {
    const reply = wire.read({ status: 200, text, retryAfter: undefined, location: undefined }, turn)
    const { tokens: drawn, logprobs } = checkAnswer(reply, turn, capabilities, undefined)
    expect(drawn.length).toBeGreaterThan(0)
    expect(drawn.every((id) => Number.isSafeInteger(id) && id >= 0)).toBe(true)
    expect(logprobs).toHaveLength(drawn.length)
    return 'reply'
  } catch (error) {
    if (!isInterleaveError(error) || !('boundary' in error)) throw error
    expect(error.boundary).toBe('policy')
    return 'fault'
  }
}

/** Another value somewhere in some JSON. */
function change(value: unknown, place: number, other: unknown): unknown {
  const paths: (readonly (string | number)[])[] = []
  const walk = (part: unknown, path: readonly (string | number)[]): void => {
    paths.push(path)
    if (typeof part === 'object' && part !== null)
      for (const [key, inner] of Object.entries(part)) walk(inner, [...path, key])
  }
  walk(value, [])
  const copy: { root: unknown } = { root: structuredClone(value) }
  let at: Record<string | number, unknown> = copy
  const path = ['root', ...(paths[place % paths.length] ?? [])]
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>
  at[path.at(-1) ?? 'root'] = other
  return copy.root
}

describe('answers of a hostile server', () => {
  it.for(honest.map(([wire, answer]) => [wire.driver, wire, answer] as const))('%s', ([, wire, answer]) => {
    expect(outcome(wire, JSON.stringify(answer))).toBe('reply')
    fc.assert(
      fc.property(fc.nat(), fc.jsonValue(), (place, other) => {
        outcome(wire, JSON.stringify(change(answer, place, other)))
      }),
      { numRuns: 1_000 },
    )
    fc.assert(
      fc.property(fc.string(), fc.nat(400), (text, length) => {
        expect(outcome(wire, text)).toBe('fault')
        const whole = JSON.stringify(answer)
        expect(outcome(wire, whole.slice(0, length % whole.length))).toBe('fault')
      }),
      { numRuns: 300 },
    )
  })
})
