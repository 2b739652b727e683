import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { driverNames, probe } from '@interleave/policy/probe'
import { z } from 'zod'
import { startRelay } from './relay.ts'
import { endedIds, idOf, keyOf, type RecordedTurn, type Traffic } from './traffic.ts'

const kept = 16
// llama.cpp repeats its settings and its template in every answer.
const slotSchema = z.object({ id: z.int(), is_processing: z.boolean() })
const propsSchema = z.object({
  default_generation_settings: z.object({ n_ctx: z.int() }),
  total_slots: z.int(),
  model_path: z.string().transform((file) => path.basename(file)),
  build_info: z.string(),
})
const endedSchema = z.looseObject({
  choices: z.array(
    z.looseObject({
      token_ids: z.array(z.int()),
      logprobs: z.looseObject({ content: z.array(z.unknown()) }),
      weight_versions: z.array(z.looseObject({ end: z.int() })),
    }),
  ),
})

// npm run record:servers -- URL DRIVER…: writes the traffic of a probe of a real server.
const [address, ...drivers] = process.argv.slice(2)
if (address === undefined || drivers.length === 0)
  throw new Error('Give the address of a server and the drivers to ask it with.')

for (const driver of z.array(z.enum(driverNames)).parse(drivers)) {
  const turns: RecordedTurn[] = []
  const ended = new Set<string>()
  await using relay = await startRelay(async ({ method, path: route, body, closed }) => {
    for (const id of endedIds(route, body)) ended.add(id)
    // In the order in which they were asked.
    const turn: RecordedTurn = { key: keyOf(method, route, body), status: 0, answer: null, ended: false }
    turns.push(turn)
    try {
      const init = { method, signal: closed, headers: { 'content-type': 'application/json' } }
      const answer = await fetch(`${address}${route}`, body === '' ? init : { ...init, body })
      const text = await answer.text()
      const id = idOf(route, body)
      turn.status = answer.status
      turn.ended = id !== undefined && ended.has(id)
      turn.answer = shorten(route, text, turn.ended)
      return { status: answer.status, text }
    } catch (error) {
      if (closed.aborted) return null
      throw error
    }
  })
  const report = await probe(relay.url, { driver })
  const server = `${driver} ${report.version ?? ''}`
  const traffic: Traffic = { server, driver, turns }
  const file = path.join(import.meta.dirname, '__fixtures__', `${driver}-${report.version ?? 'unknown'}.json`)
  await writeFile(file, `${JSON.stringify(traffic, null, 1)}\n`)
  console.log(`${file}: ${turns.length} turns`)
}

/** Without the folder of the model, and the first tokens alone of a long reply that was ended. */
function shorten(route: string, text: string, ended: boolean): string {
  if (route === '/metrics') return countersOf(text)
  if (route === '/props') return JSON.stringify(propsSchema.parse(JSON.parse(text)))
  if (route === '/slots') return JSON.stringify(z.array(slotSchema).parse(JSON.parse(text)))
  const named = text.replace(/"root":"[^"]*"/, '"root":"models/automaton"')
  if (route === '/completion') {
    const { generation_settings: _, prompt: __, ...answer } = z.looseObject({}).parse(JSON.parse(named))
    return JSON.stringify(answer)
  }
  if (!ended) return named
  const answer = endedSchema.parse(JSON.parse(named))
  for (const choice of answer.choices) {
    choice.token_ids.length = Math.min(choice.token_ids.length, kept)
    choice.logprobs.content.length = choice.token_ids.length
    for (const version of choice.weight_versions) version.end = choice.token_ids.length
  }
  return JSON.stringify(answer)
}

/** The two counts that drivers read, of the hundreds that there are. */
function countersOf(text: string): string {
  const wanted = /^vllm:(?:num_requests_running|prefix_cache_hits_total)\{/
  return `${text
    .split('\n')
    .filter((line) => wanted.test(line))
    .join('\n')}\n`
}
