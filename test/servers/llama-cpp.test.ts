import { llamaCppPolicy } from '@interleave/policy/llama-cpp'
import { probe } from '@interleave/policy/probe'
import { policyChecks } from '@interleave/policy/testing'
import { runChecks } from '@interleave/trajectory/testing'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

// A llama.cpp server with any model in ChatML, started by whoever runs this.
const address = process.env['INTERLEAVE_LLAMA_CPP']

async function encode(url: string, content: string): Promise<number[]> {
  const body = JSON.stringify({ content, parse_special: true })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/tokenize`, { method: 'POST', headers, body })
  return z.object({ tokens: z.array(z.int()) }).parse(await answer.json()).tokens
}

describe.skipIf(address === undefined)('a real llama.cpp server (INTERLEAVE_LLAMA_CPP names one)', () => {
  const url = address ?? ''

  it('passes the canaries that it has something to say to', async () => {
    const { driver, findings } = await probe(url)
    expect(driver).toBe('llama-cpp')
    const failed = findings.filter(({ verdict }) => verdict === 'failed').map(({ canary }) => canary)
    // It leaves out those of tokens that end within a character.
    expect(failed).toEqual(['logprob per token'])
    const silent = findings.filter(({ verdict }) => verdict === 'not_proven').map(({ canary }) => canary)
    expect(silent).toEqual(['weight version', 'image expanded once'])
  })

  it('passes the suite of all policies', async () => {
    const prompt = await encode(url, '<|im_start|>user\nCount from 1 to 9.<|im_end|>\n<|im_start|>assistant\n')
    const stopTokens = await encode(url, '<|im_end|>')
    const checks = policyChecks(await llamaCppPolicy(url), { prompt, stopTokens, longTokens: 256 })
    const results = await runChecks(checks, { timeoutMs: 250_000 })
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
  })
})
