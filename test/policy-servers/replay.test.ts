import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { driverNames, probe } from '@interleave/policy/probe'
import { describe, expect, it } from 'vitest'
import { startRelay, type Relay } from './relay.ts'
import { endedIds, idOf, keyOf, trafficSchema, type Traffic } from './traffic.ts'

const folder = path.join(import.meta.dirname, '__fixtures__')
const recordings = readdirSync(folder).map((file): [string, Traffic] => [
  file,
  trafficSchema.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))),
])

/** A server that gives recorded answers: each in turn to its question, the last one again and again. */
async function replay({ turns }: Traffic): Promise<Relay & { readonly unknown: string[] }> {
  const left = new Map<string, Traffic['turns']>()
  for (const turn of turns) left.set(turn.key, [...(left.get(turn.key) ?? []), turn])
  const waiting = new Map<string, () => void>()
  const unknown: string[] = []
  const relay = await startRelay(async ({ method, path: route, body, closed }) => {
    for (const id of endedIds(route, body)) waiting.get(id)?.()
    const known = left.get(keyOf(method, route, body)) ?? []
    const turn = known.length > 1 ? known.shift() : known[0]
    if (turn === undefined) {
      unknown.push(keyOf(method, route, body))
      return { status: 404, text: '{"detail":"not recorded"}' }
    }
    const id = idOf(route, body)
    if (turn.ended && id !== undefined) await new Promise<void>((resolve) => waiting.set(id, resolve))
    if (turn.answer !== null) return { status: turn.status, text: turn.answer }
    await new Promise<void>((resolve) => closed.addEventListener('abort', () => resolve(), { once: true }))
    return null
  })
  return { ...relay, unknown }
}

const proven = {
  vllm: { images: true, logprobs: 'raw', weightVersions: true, effectivePrompt: true },
  completions: { images: false, logprobs: 'raw', weightVersions: false, effectivePrompt: true },
  'llama-cpp': { images: false, logprobs: 'none', weightVersions: false, effectivePrompt: false },
}

describe('recorded traffic of real servers', () => {
  it('is there for every driver', () => {
    expect(recordings.map(([, { driver }]) => driver).toSorted()).toEqual(driverNames.toSorted())
  })

  it.for(recordings)('%s: drivers ask what they asked, and read what was answered', async ([, traffic]) => {
    await using server = await replay(traffic)
    const { capabilities, findings, version } = await probe(server.url, { driver: traffic.driver })
    expect(server.unknown).toEqual([])
    expect(`${traffic.driver} ${version}`).toBe(traffic.server)
    expect(capabilities).toMatchObject({ exact: true, seeded: true, abort: true, contextTokens: 4_096 })
    expect(capabilities).toMatchObject(proven[traffic.driver])
    const failed = findings.filter(({ verdict }) => verdict === 'failed').map(({ canary }) => canary)
    // llama.cpp leaves out those of tokens that end within a character.
    expect(failed).toEqual(traffic.driver === 'llama-cpp' ? ['logprob per token'] : [])
  })
})
