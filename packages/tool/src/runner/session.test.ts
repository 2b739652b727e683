import { setTimeout as sleep } from 'node:timers/promises'
import { exampleImage } from '@interleave/trajectory/testing'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../define-tool.ts'
import { ToolCrash } from '../tool-error.ts'
import type { Tool } from '../tool.ts'
import type { RolloutInfo, ToolSession } from '../tool-session.ts'
import { createToolRunner } from './create-tool-runner.ts'

const { signal } = new AbortController()

function open(tools: Tool[], info: Partial<RolloutInfo> = {}): ToolSession {
  return createToolRunner({ tools, releaseTimeoutMs: 20, graceMs: 20 }).open({ id: 'r', seed: 1, signal, ...info })
}

async function say(session: ToolSession, tool: string, text = ''): Promise<string> {
  const { outcome } = await session.call({ id: 'c', tool, raw: '', input: { text } })
  return outcome.content.map((part) => (part.type === 'text' ? part.text : `<${part.width}>`)).join('')
}

const input = z.object({ text: z.string() })

const notes = defineTool({
  name: 'notes',
  description: 'Remembers.',
  input,
  setup: (): string[] => [],
  run({ text }, { state }) {
    state.push(text)
    return state.join(',')
  },
})

describe('order', () => {
  function slow(name: string, concurrency: 'serial' | 'parallel', log: string[]): Tool {
    return defineTool({
      name,
      description: '',
      input,
      concurrency,
      async run({ text }) {
        log.push(`${text} starts`)
        await sleep(Number(text.slice(1)))
        log.push(`${text} ends`)
        return { content: [{ type: 'image' as const, image: exampleImage({ width: Number(text.slice(1)) }) }] }
      },
    })
  }

  test('serial calls run one after another', async () => {
    const log: string[] = []
    await using session = open([slow('s', 'serial', log)])
    await Promise.all([say(session, 's', 'a20'), say(session, 's', 'b1')])
    expect(log).toEqual(['a20 starts', 'a20 ends', 'b1 starts', 'b1 ends'])
  })

  test('parallel calls overlap, and their images are still numbered in order', async () => {
    const log: string[] = []
    await using session = open([slow('p', 'parallel', log), slow('s', 'serial', log)])
    const calls = ['a30', 'b10'].map((text) => say(session, 'p', text))
    calls.push(say(session, 's', 'c2'), say(session, 'p', 'd1'))
    await Promise.all(calls)
    expect(log).toEqual([
      'a30 starts',
      'b10 starts',
      'b10 ends',
      'a30 ends',
      'c2 starts',
      'c2 ends',
      'd1 starts',
      'd1 ends',
    ])
    expect([...session.images].map((image) => image.width)).toEqual([30, 10, 2, 1])
  })

  test('one that fails does not stop the next, and refused calls count', async () => {
    const failing = defineTool({
      name: 'f',
      description: '',
      input,
      run: ({ text }, { index }) => {
        if (text === 'bad') throw new Error('bad')
        return `index ${index}`
      },
    })
    await using session = open([failing])
    const [first, second] = await Promise.allSettled([say(session, 'f', 'bad'), say(session, 'f')])
    expect(first.status).toBe('rejected')
    expect(second).toEqual({ status: 'fulfilled', value: 'index 1' })
    const { outcome } = session.refuse({ id: 'c9', tool: 'f', raw: '{' }, 'too_many_calls', 'Only 4 calls a turn.')
    expect(outcome).toEqual({
      callId: 'c9',
      tool: 'f',
      index: 2,
      status: 'error',
      content: [{ type: 'text', text: 'Error: Only 4 calls a turn.' }],
      error: { code: 'too_many_calls', message: 'Only 4 calls a turn.' },
    })
    expect(await say(session, 'f')).toBe('index 3')
  })
})

describe('state', () => {
  test('is made once for each rollout, before its first call', async () => {
    await using one = open([notes])
    await using other = open([notes])
    expect(await say(one, 'notes', 'a')).toBe('a')
    expect(await say(other, 'notes', 'b')).toBe('b')
    expect(await say(one, 'notes', 'c')).toBe('a,c')
  })

  test('overlapping first calls share one setup', async () => {
    let setups = 0
    const setup = async (): Promise<number> => {
      await sleep(2)
      return (setups += 1)
    }
    const tool = defineTool({
      name: 't',
      description: '',
      input,
      concurrency: 'parallel',
      setup,
      run: (_, { state }) => `${state}`,
    })
    await using session = open([tool])
    expect(await Promise.all([say(session, 't'), say(session, 't')])).toEqual(['1', '1'])
  })

  test('a crash releases it, and the next call starts afresh', async () => {
    const released: string[] = []
    const tool = defineTool({
      name: 'shell',
      description: '',
      input,
      setup: (rollout) => {
        rollout.defer(() => void released.push('deferred'))
        return { seen: '', [Symbol.dispose]: () => void released.push('state') }
      },
      run({ text }, { state }) {
        if (text === 'kill') throw new ToolCrash('The shell died.')
        return (state.seen += text)
      },
    })
    await using session = open([tool])
    await say(session, 'shell', 'a')
    expect(await say(session, 'shell', 'kill')).toBe(
      'Error: The shell died. What earlier calls of shell had set up is gone; it starts afresh.',
    )
    expect(released).toEqual(['state', 'deferred'])
    expect(await say(session, 'shell', 'b')).toBe('b')
  })
})

describe('release', () => {
  test('last first, once, with one deadline for all, failures recorded', async () => {
    const released: string[] = []
    const make = (name: string): Tool =>
      defineTool({
        name,
        description: '',
        input,
        setup: (rollout) => {
          rollout.defer(() => void released.push(`${name} first`))
          rollout.defer(() => {
            released.push(`${name} second`)
            throw new Error('disk full')
          })
          rollout.defer(() => new Promise(() => {}))
          return { [Symbol.asyncDispose]: async () => void released.push(`${name} state`) }
        },
        run: () => '',
      })
    const session = open([make('a'), make('b')])
    await say(session, 'a')
    await say(session, 'b')
    await Promise.all([session[Symbol.asyncDispose](), session[Symbol.asyncDispose]()])
    await session[Symbol.asyncDispose]()
    expect(released).toEqual(['b state', 'b second', 'b first', 'a state', 'a second', 'a first'])
    expect(session.releaseFailures).toEqual([
      'b: the release did not end within the 20 ms that all releases of a rollout have together',
      'b: disk full',
      'a: disk full',
      'a: the release did not end within the 20 ms that all releases of a rollout have together',
    ])
  })

  test('those that hang take one deadline together, whichever state they belong to', async () => {
    vi.useFakeTimers()
    try {
      const hang = (): Promise<void> => new Promise(() => {})
      const tool = defineTool({
        name: 't',
        description: '',
        input,
        setup: (rollout) => {
          for (let count = 0; count < 50; count += 1) rollout.defer(hang)
        },
        run: ({ text }) => {
          if (text === 'kill') throw new ToolCrash('Dead.')
          return ''
        },
      })
      const runner = createToolRunner({ tools: [tool], releaseTimeoutMs: 5_000 })
      const session = runner.open({ id: 'r', seed: 1, signal })
      const started = performance.now()
      const ended = (async () => {
        await say(session, 't', 'kill')
        await say(session, 't')
        await session[Symbol.asyncDispose]()
      })()
      await vi.runAllTimersAsync()
      await ended
      expect(performance.now() - started).toBeLessThan(5_100)
      expect(session.releaseFailures).toHaveLength(100)
    } finally {
      vi.useRealTimers()
    }
  })

  test('stops what still runs, and refuses what comes later', async () => {
    const tool = defineTool({ name: 'deaf', description: '', input, run: () => new Promise<string>(() => {}) })
    const session = open([tool])
    const running = say(session, 'deaf')
    const refused = expect(running).rejects.toMatchObject({ code: 'session_closed' })
    await session[Symbol.asyncDispose]()
    await refused
    await expect(say(session, 'deaf')).rejects.toMatchObject({ code: 'session_closed' })
  })

  test('nothing is set up for a rollout that makes no call', async () => {
    let setups = 0
    const session = open([
      defineTool({ name: 't', description: '', input, setup: () => void (setups += 1), run: () => '' }),
    ])
    await session[Symbol.asyncDispose]()
    expect(setups).toBe(0)
  })
})

describe('randomness', () => {
  const dice = defineTool({
    name: 'dice',
    description: '',
    input,
    run: (_, call) => `${call.random()} ${call.random()}`,
  })
  const coin = defineTool({
    name: 'coin',
    description: '',
    input,
    run: (_, call) => `${call.random()} ${call.random()}`,
  })

  test('depends on seed, tool and index alone', async () => {
    await using one = open([dice, coin])
    await using other = open([dice, coin], { id: 'another' })
    await using seeded = open([dice, coin], { seed: 2 })
    const first = await say(one, 'dice')
    expect(await say(other, 'dice')).toBe(first)
    const seen = [first, await say(one, 'dice'), await say(other, 'coin'), await say(seeded, 'dice')]
    expect(new Set(seen.flatMap((text) => text.split(' '))).size).toBe(8)
  })

  test('is uniform', async () => {
    const draws = defineTool({
      name: 'draws',
      description: '',
      input,
      run: (_, call) => Array.from({ length: 10_000 }, () => Math.floor(call.random() * 10)).join(''),
    })
    await using session = open([draws])
    const counts = Array.from({ length: 10 }, () => 0)
    for (const digit of await say(session, 'draws')) counts[Number(digit)] = (counts[Number(digit)] ?? 0) + 1
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)
    // The 99.9th percentile for 9 degrees of freedom; the seed is fixed.
    expect(chiSquare).toBeLessThan(27.9)
  })
})

describe('images', () => {
  const one = exampleImage()
  const two = exampleImage({ width: 2 })

  test('are numbered in order of appearance, the task’s first, equal bytes included', async () => {
    const tool = defineTool({
      name: 'show',
      description: '',
      input,
      run(_, { images }) {
        const added = images.add({ ...two, parent: { hash: one.hash, box: [0, 0, 2, 8] } })
        expect(added.index).toBe(images.length - 1)
        expect(images.find(two.hash)?.hash).toBe(two.hash)
        expect([...images]).toHaveLength(images.length)
        const first = images.get(0)
        return {
          content: [
            { type: 'image' as const, image: added },
            ...(first === undefined ? [] : [{ type: 'image' as const, image: first }]),
          ],
        }
      },
    })
    await using session = open([tool], { images: [one, one] })
    const { images, outcome } = await session.call({ id: 'c', tool: 'show', raw: '', input: { text: '' } })
    expect(images).toEqual([{ ...two, index: 2, parent: { hash: one.hash, box: [0, 0, 2, 8] } }])
    expect(outcome.content).toEqual([
      { type: 'image', hash: two.hash, mime: 'image/png', width: 2, height: 8 },
      { type: 'image', hash: one.hash, mime: 'image/png', width: 8, height: 8 },
    ])
    await session.call({ id: 'c', tool: 'show', raw: '', input: { text: '' } })
    expect([...session.images].map((image) => [image.index, image.width])).toEqual([
      [0, 8],
      [1, 8],
      [2, 2],
      [3, 2],
    ])
  })

  test('an image that was added and then not shown, because the call failed, takes no index', async () => {
    const tool = defineTool({
      name: 'fail',
      description: '',
      input,
      run(_, { images }) {
        images.add(two)
        throw new ToolCrash('Gone.')
      },
    })
    await using session = open([tool], { images: [one] })
    await say(session, 'fail')
    expect(session.images).toHaveLength(1)
  })

  test('a tool whose calls overlap cannot add', async () => {
    const run = (_: unknown, { images }: { images: { add(image: typeof two): unknown } }): string =>
      String(images.add(two))
    const tool = defineTool({ name: 'p', description: '', input, concurrency: 'parallel', run })
    await using session = open([tool])
    await expect(say(session, 'p')).rejects.toThrow('return the image in `content`')
  })
})
