import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { vllmServer } from '../../packages/policy/src/__fixtures__/vllm-server.ts'
import { interleave, scratch } from './interleave.ts'

describe('interleave probe', () => {
  it('says which server it is, what was tried and what is declared', async () => {
    await using server = await vllmServer()
    const { exitCode, stdout } = await interleave(['probe', server.url])
    expect(stdout).toMatch(/: vllm .*, model tiny\n/)
    expect(stdout).toMatch(/^image expanded once +passed +/m)
    expect(stdout).toMatch(/^exact +true/m)
    expect(exitCode).toBe(0)
  })

  it('fails where a canary fails, and gives all of it as JSON', async () => {
    await using server = await vllmServer({ goOnAfterStop: true })
    const { exitCode, stdout } = await interleave(['probe', server.url, '--json'])
    const report = JSON.parse(stdout) as { findings: { canary: string; verdict: string }[] }
    expect(report.findings).toContainEqual(expect.objectContaining({ canary: 'stop id kept', verdict: 'failed' }))
    expect(exitCode).toBe(1)
  })

  it('says in one line why nothing could be asked', async () => {
    const { exitCode, stderr, stdout } = await interleave(['probe', 'http://127.0.0.1:9'])
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^interleave probe: .*ECONNREFUSED.*$/)
  })

  it('reads a key from the environment, and says so where it is not there', async () => {
    const { exitCode, stderr } = await interleave(['probe', 'http://127.0.0.1:9', '--key-from', 'NO_SUCH_KEY'])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('NO_SUCH_KEY is not set')])
  })
})

describe('interleave sample with a server', () => {
  it('asks for the tokenizer that it needs', async () => {
    await using place = await scratch()
    const questions = path.join(place.folder, 'questions.jsonl')
    await writeFile(questions, '{"question": "What?", "answer": "4"}\n')
    const words = ['sample', questions, '--out', path.join(place.folder, 'run'), '--policy', 'http://127.0.0.1:9']
    const { exitCode, stderr } = await interleave(words)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--tokenizer is needed')])
  })
})
