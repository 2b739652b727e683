import { describe, expect, test } from 'vitest'
import { declareCapabilities } from './declare-capabilities.ts'
import { functionPolicy } from './function-policy.ts'
import type { GenerateRequest } from './policy.ts'

const capabilities = declareCapabilities({ model: 'echo', driver: 'test', exact: true })
const request: GenerateRequest = {
  tokens: [1, 2],
  images: [],
  sampling: { temperature: 1, maxTokens: 8, seed: 1, stopTokens: [0] },
  requestId: 'r',
  sessionKey: 's',
  signal: new AbortController().signal,
}

describe('functionPolicy', () => {
  test('hands the request over and the result back, as they are', async () => {
    const result = { tokens: [0], finish: 'stop' as const }
    const seen: GenerateRequest[] = []
    const policy = functionPolicy(capabilities, (given) => (seen.push(given), result))
    expect(await policy.generate(request)).toBe(result)
    expect(seen[0]).toBe(request)
    expect(policy.capabilities).toBe(capabilities)
  })

  test('a function that throws makes the request reject', async () => {
    const policy = functionPolicy(capabilities, () => expect.fail('lost'))
    await expect(policy.generate(request)).rejects.toThrow('lost')
  })

  test('refuses requests once disposed', async () => {
    const policy = functionPolicy(capabilities, () => ({ tokens: [0], finish: 'stop' }))
    await policy[Symbol.asyncDispose]()
    await expect(policy.generate(request)).rejects.toMatchObject({ boundary: 'policy', code: 'disposed' })
  })
})

test('declareCapabilities offers nothing that is not declared', () => {
  expect(capabilities).toEqual({
    model: 'echo',
    driver: 'test',
    exact: true,
    images: false,
    logprobs: 'none',
    seeded: false,
    abort: false,
    weightVersions: false,
    effectivePrompt: false,
  })
  expect(Object.isFrozen(capabilities)).toBe(true)
})
