import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { qwen3 } from '../__fixtures__/qwen3.ts'
import { fixedSplitter } from '../hermes/fixed-splitter.ts'
import { qwen3VlInstruct, qwen3VlThinking } from '../qwen.ts'
import type { TextTokenizer } from '../tokenizer.ts'
import { crossCheckServer } from './cross-check-server.ts'

interface Asked {
  readonly prompt?: string
  readonly tokens?: number[]
  readonly messages?: { content: string }[]
  readonly tools?: { function: { name: string; description: string; parameters: { type: string } } }[]
}
type Reply = (path: string, asked: Asked) => unknown

let tokenizer: TextTokenizer
let server: Server | undefined
beforeAll(async () => (tokenizer = await qwen3()))
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

/** A server in vLLM's protocol that renders as Qwen3-VL-Thinking does, after what a test changes. */
async function start(change: (reply: Reply) => Reply = (reply) => reply): Promise<string> {
  const split = fixedSplitter(tokenizer)
  const template = qwen3VlThinking({ tokenizer })
  const reply = change((path, { messages, prompt = '', tokens = [], tools = [] }) => {
    if (path === '/detokenize') return { prompt: tokenizer.decode(tokens) }
    const [system, user] = messages ?? []
    const rendered = template.renderPrompt({
      system: system?.content ?? '',
      tools: tools.map(({ function: { description, name, parameters } }) => ({ name, description, input: parameters })),
      content: [{ type: 'text', text: user?.content ?? '' }],
    })
    const plain = split(prompt).flatMap((part) => (typeof part === 'number' ? [part] : tokenizer.encode(part)))
    const ids = messages === undefined ? plain : rendered.flatMap((segment) => segment.tokens)
    return { count: ids.length, max_model_len: 4096, tokens: ids, token_strs: null }
  })
  server = createServer((request, response) => {
    void json(request).then((body) => {
      const answer = reply(request.url ?? '', body as Asked)
      response.statusCode = typeof answer === 'number' ? answer : 200
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
    })
  })
  const started = server
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`
}

const check = (url: string): Promise<void> =>
  crossCheckServer({ template: qwen3VlThinking({ tokenizer }), tokenizer, url, model: 'tiny' })

describe('crossCheckServer', () => {
  it('agrees with a server of the same model', async () => {
    await check(`${await start()}/`)
  })

  it('asks nothing about tools of a server whose template ignores them', async () => {
    await check(await start((reply) => (path, asked) => reply(path, { ...asked, tools: [] })))
  })

  it('sees another template', async () => {
    const url = await start()
    const template = qwen3VlInstruct({ tokenizer })
    await expect(crossCheckServer({ template, tokenizer, url, model: 'tiny' })).rejects.toMatchObject({
      code: 'other_ids',
      message: expect.stringMatching(
        /qwen3-vl-instruct has nothing more and the server has 151667,198 "<think>\\n"/,
      ) as string,
    })
  })

  it.each<[string, (reply: Reply) => Reply, string]>([
    ['another vocabulary', () => () => ({ tokens: [1, 2] }), 'Plain text'],
    [
      'an added token that it lacks',
      (reply) => (path, asked) =>
        reply(path, { ...asked, ...(asked.prompt !== undefined && { prompt: asked.prompt.replace('<think>', '') }) }),
      'The added tokens',
    ],
    [
      'ids that read otherwise',
      (reply) => (path, asked) => (path === '/detokenize' ? { prompt: 'x' } : reply(path, asked)),
      'reads the ids',
    ],
  ])('sees %s', async (_, change, where) => {
    await expect(check(await start(change))).rejects.toMatchObject({
      code: 'other_ids',
      message: expect.stringContaining(where) as string,
    })
  })

  it.each<[string, unknown, string]>([
    ['an error', 404, 'status 404'],
    ['text', 'half {', 'JSON'],
    ['other fields', { count: 1 }, 'the fields'],
    ['too much', `"${'x'.repeat(1_100_000)}"`, 'more than'],
  ])('says that it got %s', async (_, answer, reason) => {
    await expect(check(await start(() => () => answer))).rejects.toMatchObject({
      code: 'bad_reply',
      message: expect.stringContaining(reason) as string,
    })
  })

  it('says that there is no server, and stops when told', async () => {
    const url = await start()
    server?.close()
    server?.closeAllConnections()
    await expect(check(url)).rejects.toMatchObject({ code: 'no_server' })
    const hanging = await start(() => () => ({ tokens: [] }))
    const controller = new AbortController()
    const asked = crossCheckServer({
      template: qwen3VlThinking({ tokenizer }),
      tokenizer,
      url: hanging,
      model: 'tiny',
      signal: controller.signal,
    })
    controller.abort()
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  })
})
