import { describe, expect, it } from 'vitest'
import type { Lies } from '../__fixtures__/lies.ts'
import { llamaServer } from '../__fixtures__/llama-server.ts'
import { vllmServer } from '../__fixtures__/vllm-server.ts'
import { connectPolicy } from './connect-policy.ts'
import { detect } from './detect.ts'
import { canaryNames, type CanaryName, type Finding } from './finding.ts'
import { probe } from './probe.ts'

describe('probe', () => {
  it('finds everything proven on an honest vLLM', async () => {
    await using server = await vllmServer()
    const report = await probe(server.url)
    expect(report).toMatchObject({ driver: 'vllm', model: 'tiny', version: '0.32.0' })
    expect(report.findings.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    expect(report.findings.map(({ canary }) => canary)).toEqual(canaryNames)
    expect(server.running).toBe(0)
  })

  it('finds what llama.cpp can do', async () => {
    await using server = await llamaServer()
    const report = await probe(server.url)
    expect(report.driver).toBe('llama-cpp')
    const passed = report.findings.filter(({ verdict }) => verdict === 'passed').map(({ canary }) => canary)
    expect(report.capabilities.logprobs).toBe('none')
    expect(report.findings[1]?.detail).toBe('0 logprobs for 4 tokens that are parts of characters')
    expect(passed).toEqual(['ids kept', 'stop id kept', 'seed', 'abort frees the server', 'prefix cache'])
  })

  const cases: [lies: Lies, canary: CanaryName, verdict: Finding['verdict'], detail: RegExp][] = [
    [{ retokenise: true }, 'ids kept', 'failed', /encodes the prompt again/],
    [{ hidePrompt: true }, 'ids kept', 'passed', /counted as sent/],
    [{ hidePrompt: true, retokenise: true }, 'ids kept', 'failed', /became 2 tokens/],
    [{ hidePrompt: true, noTokenizer: true }, 'ids kept', 'not_proven', /no text to try it with/],
    [{ dropLogprobs: true }, 'logprob per token', 'failed', /no logprobs/],
    [{ oneLogprobShort: true }, 'logprob per token', 'failed', /7 logprobs for 8 tokens/],
    [{ goOnAfterStop: true }, 'stop id kept', 'failed', /forced the stop token/],
    [{ logprobs: 'processed' }, 'logprob meaning', 'passed', /^processed/],
    [{ logprobs: 'scaled' }, 'logprob meaning', 'passed', /^scaled/],
    [{ ignoreSeed: true }, 'seed', 'failed', /two different replies/],
    [{ hideWeightVersions: true }, 'weight version', 'not_proven', /do not name it/],
    [{ expandTwice: true }, 'image expanded once', 'failed', /images are expanded twice/],
    [{ hidePrompt: true }, 'image expanded once', 'failed', /does not come back/],
    [{ noTokenizer: true }, 'image expanded once', 'not_proven', /give it as imagePad/],
    [{ noAbortRoute: true }, 'abort', 'not_proven', /connection was closed/],
    [{ noMetrics: true }, 'abort frees the server', 'not_proven', /does not tell/],
    [{ noMetrics: true }, 'prefix cache', 'not_proven', /does not tell/],
  ]
  it.for(cases)('%o: %s %s', async ([lies, canary, verdict, detail]) => {
    await using server = await vllmServer(lies)
    const { capabilities, findings } = await probe(server.url)
    const found = findings.find((finding) => finding.canary === canary)
    expect(found?.verdict).toBe(verdict)
    expect(found?.detail).toMatch(detail)
    if (verdict === 'passed') return
    const declared = {
      'ids kept': 'exact',
      seed: 'seeded',
      'weight version': 'weightVersions',
      'image expanded once': 'images',
      abort: 'abort',
    } as const
    if (canary in declared) expect(capabilities[declared[canary as keyof typeof declared]]).toBe(false)
    if (canary === 'logprob per token') expect(capabilities.logprobs).toBe('none')
  })
})

describe('detect', () => {
  it('takes vLLM with its route for ids before its OpenAI routes', async () => {
    await using server = await vllmServer()
    expect(await detect(`${server.url}/v1/`)).toBe('vllm')
  })

  it('says what is missing where no driver fits', async () => {
    const { startTestServer } = await import('../__fixtures__/test-server.ts')
    await using server = await startTestServer({ 'GET /v1/models': (call) => call.json(200, { data: [] }) })
    await expect(detect(server.url)).rejects.toMatchObject({ code: 'unknown_server', boundary: 'policy' })
    server.lies.apiKey = 'secret'
    await expect(detect(server.url)).rejects.toMatchObject({ code: 'unauthorised' })
  })

  it('connects with the driver that it found', async () => {
    await using server = await llamaServer()
    await using policy = await connectPolicy(server.url)
    expect(policy.capabilities.driver).toBe('llama-cpp')
  })
})
