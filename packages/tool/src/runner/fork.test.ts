import { FaultError } from '@interleave/trajectory'
import { exampleImage } from '@interleave/trajectory/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../define-tool.ts'
import { ToolError } from '../tool-error.ts'
import type { Tool } from '../tool.ts'
import type { ToolSession } from '../tool-session.ts'
import { createToolRunner } from './create-tool-runner.ts'

const { signal } = new AbortController()
const input = z.object({ text: z.string() })

function open(tools: Tool[]): ToolSession {
  return createToolRunner({ tools }).open({ id: 'source', seed: 1, signal, images: [exampleImage()] })
}

async function say(session: ToolSession, tool: string, text: string): Promise<string> {
  const { outcome } = await session.call({ id: 'c', tool, raw: '', input: { text } })
  return outcome.content.map((part) => (part.type === 'text' ? part.text : `<${part.width}>`)).join('')
}

/** Remembers what it was told, what it drew, and how many images there were. */
function memory(name: string, forks: string[], withFork: boolean): Tool {
  return defineTool({
    name,
    description: '',
    input,
    setup: (rollout) => ({ lines: [`seed ${rollout.seed}, ${rollout.images.length} images`] }),
    ...(withFork
      ? {
          fork(state: { lines: string[] }, branch: { id: string }) {
            forks.push(`${name} for ${branch.id}`)
            return { lines: [...state.lines] }
          },
        }
      : {}),
    run({ text }, { images, random, state }) {
      if (text === 'fail') throw new ToolError('failed', 'Failed.')
      state.lines.push(`${text} ${images.length} ${random().toFixed(4)}`)
      const image = images.add(exampleImage({ width: images.length + 1 }))
      return { content: [state.lines.join('|'), { type: 'image' as const, image }] }
    },
  })
}

test.each([true, false])('a branch goes on from a copy of every state (fork offered: %s)', async (withFork) => {
  const forks: string[] = []
  await using source = open([memory('a', forks, withFork), memory('b', forks, withFork)])
  await say(source, 'a', 'one')
  await say(source, 'b', 'two')
  await say(source, 'a', 'fail')
  await say(source, 'a', 'three')
  await using branch = await source.fork({ id: 'branch', seed: 1, signal })
  expect(forks).toEqual(withFork ? ['a for branch', 'b for branch'] : [])
  expect([...branch.images]).toEqual([...source.images])
  expect(branch.images).toHaveLength(4)
  const here = [await say(branch, 'a', 'four'), await say(branch, 'b', 'five')]
  const there = [await say(source, 'a', 'four'), await say(source, 'b', 'five')]
  expect(here).toEqual(there)
  expect(here[0]).toMatch(/^seed 1, 1 images\|one 1 .*\|three 3 .*\|four 4 /)
  await using second = await branch.fork({ id: 'second', seed: 9, signal })
  expect(await say(second, 'a', 'six')).toMatch(/^seed 1, 1 images\|one 1 .*\|four 4 .*\|six 6 /)
})

test('a branch has a seed of its own for what is new, and entries are shared', async () => {
  await using source = open([memory('a', [], false)])
  await say(source, 'a', 'one')
  await using branch = await source.fork({ id: 'branch', seed: 2, signal })
  expect(branch.images.get(1)?.bytes).toBe(source.images.get(1)?.bytes)
  const [here, there] = [await say(branch, 'a', 'two'), await say(source, 'a', 'two')]
  expect(here).not.toBe(there)
  expect(here.split('|')[1]).toBe(there.split('|')[1])
})

test('failed calls are made again too, and those that never ran are not', async () => {
  const ran: string[] = []
  const tool = defineTool({
    name: 'counter',
    description: '',
    input,
    setup: () => ({ count: 0 }),
    run({ text }, { state }) {
      ran.push(text)
      state.count += 1
      if (text === 'fail') throw new ToolError('failed', `Failed at ${state.count}.`)
      return String(state.count)
    },
  })
  await using source = open([tool])
  await say(source, 'counter', 'one')
  await say(source, 'counter', 'fail')
  await source.call({ id: 'c', tool: 'counter', raw: '', input: { wrong: 1 } })
  await source.call({ id: 'c', tool: 'counter', raw: '', problem: 'Not JSON.' })
  source.refuse({ id: 'c', tool: 'counter', raw: '' }, 'too_many_calls', 'No.')
  ran.length = 0
  await using branch = await source.fork({ id: 'branch', seed: 1, signal })
  expect(ran).toEqual(['one', 'fail'])
  expect(await say(branch, 'counter', 'two')).toBe('3')
  expect(await say(source, 'counter', 'two')).toBe('3')
})

test('a failed call that comes out differently is a fault as well', async () => {
  let world = 0
  const tool = defineTool({
    name: 'flaky',
    description: '',
    input,
    setup: () => ({}),
    run: () => {
      throw new ToolError('failed', `Attempt ${(world += 1)}.`)
    },
  })
  await using source = open([tool])
  await say(source, 'flaky', '')
  await expect(source.fork({ id: 'branch', seed: 1, signal })).rejects.toMatchObject({ code: 'replay_diverged' })
})

test('a call that comes out differently is a fault, and the branch is released', async () => {
  let world = 0
  let released = 0
  const tool = defineTool({
    name: 'clock',
    description: '',
    input,
    setup: (rollout) => rollout.defer(() => void (released += 1)),
    run: () => String((world += 1)),
  })
  await using source = open([tool])
  await say(source, 'clock', '')
  const forked = source.fork({ id: 'branch', seed: 1, signal })
  await expect(forked).rejects.toBeInstanceOf(FaultError)
  await expect(forked).rejects.toMatchObject({ boundary: 'tool', code: 'replay_diverged' })
  expect(released).toBe(1)
})

test('a fork that throws is a fault of setup', async () => {
  const tool = defineTool({
    name: 't',
    description: '',
    input,
    setup: () => 1,
    fork: () => {
      throw new Error('cannot copy')
    },
    run: () => '',
  })
  await using source = open([tool])
  await say(source, 't', '')
  await expect(source.fork({ id: 'branch', seed: 1, signal })).rejects.toMatchObject({ boundary: 'setup' })
})

test('tools without state, and tools never called, need nothing', async () => {
  const plain = defineTool({ name: 'plain', description: '', input, run: (_, { index }) => `${index}` })
  await using source = open([plain, memory('a', [], true)])
  await say(source, 'plain', '')
  await using branch = await source.fork({ id: 'branch', seed: 1, signal })
  expect(await say(branch, 'plain', '')).toBe('1')
})
