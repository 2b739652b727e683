import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonValue } from '@interleave/trajectory'
import { exampleImage, runChecks, type CheckResult } from '@interleave/trajectory/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../define-tool.ts'
import { ToolError } from '../tool-error.ts'
import type { Tool } from '../tool.ts'
import { callTool } from './call-tool.ts'
import { toolChecks } from './tool-checks.ts'

const input = z.object({ text: z.string() })
const examples: JsonValue[] = [{ text: 'one' }, { text: 'two' }]

const notes = defineTool({
  name: 'notes',
  description: 'Remembers lines.',
  input,
  setup: (rollout) => {
    const state = { lines: [] as string[] }
    rollout.defer(() => void state.lines.splice(0))
    return state
  },
  fork: (state) => ({ lines: [...state.lines] }),
  run({ text }, { random, state }) {
    if (text === 'none') throw new ToolError('empty', 'There is nothing to remember.')
    state.lines.push(`${text} ${random()}`)
    return state.lines.join('\n')
  },
})

/** The checks that did not pass. */
async function complaints(tool: Tool, more: { rejected?: JsonValue[] } = {}): Promise<CheckResult[]> {
  const results = await runChecks(toolChecks(tool, { examples, images: [exampleImage()], ...more }))
  return results.filter((result) => result.status === 'failed')
}

async function complaint(tool: Tool, more: { rejected?: JsonValue[] } = {}): Promise<string> {
  const failed = await complaints(tool, more)
  return failed.map(({ name, reason }) => `${name}: ${reason}`).join('\n')
}

test('a good tool with state passes every check', async () => {
  const results = await runChecks(toolChecks(notes, { examples, rejected: [{ text: 'none' }] }))
  expect(results.map((result) => [result.status, result.reason])).toEqual(results.map(() => ['passed', undefined]))
  expect(results).toHaveLength(12)
})

test('a good tool without state skips what does not apply, and says why', async () => {
  const plain = defineTool({ name: 'plain', description: 'Plain.', input, run: ({ text }) => text })
  const results = await runChecks(toolChecks(plain, { examples }))
  expect(results.filter((result) => result.status === 'failed')).toEqual([])
  expect(results.filter((result) => result.status === 'skipped').map((result) => result.reason)).toEqual([
    'no `rejected` inputs were given',
    'the tool has no setup',
    'the tool has no state to branch',
  ])
})

describe('each check finds its own kind of mistake', () => {
  const base = { name: 'bad', description: 'Is bad.', input }

  test('an empty description', async () => {
    expect(await complaint(defineTool({ ...base, description: ' ', run: () => '' }))).toContain(
      'the description is empty',
    )
  })

  test('examples that do not fit', async () => {
    const results = await runChecks(toolChecks(notes, { examples: [{ txt: 'one' }] }))
    expect(results.find((result) => result.name === 'the examples fit the schema')?.reason).toContain(
      'example 0 does not parse',
    )
  })

  test('an example that fails, and one that is cut', async () => {
    const run = (): string => {
      throw new ToolError('no', 'No luck.')
    }
    expect(await complaint(defineTool({ ...base, run }))).toContain(
      'every example succeeds, within the limits: call 0 failed: No luck.',
    )
    const long = defineTool({ ...base, limits: { maxOutputChars: 5 }, run: () => 'a long text' })
    expect(await complaint(long)).toContain('raise maxOutputChars')
  })

  test('chance of its own', async () => {
    const run = (): string => String(Math.random())
    expect(await complaint(defineTool({ ...base, run }))).toContain('the same calls give the same bytes')
  })

  test('an exception for input that fits the schema', async () => {
    const loose = z.object({ text: z.unknown() })
    const run = (args: { text: unknown }): string => (args.text as string).trim()
    expect(await complaint(defineTool({ ...base, input: loose, run }))).toContain(
      'bad input is answered with invalid_input',
    )
  })

  test('a rejected input that succeeds, or never reaches the tool', async () => {
    expect(await complaint(notes, { rejected: [{ text: 'fine' }] })).toContain('"fine"} succeeded')
    expect(await complaint(notes, { rejected: [{ text: 4 }] })).toContain('does not fit the schema')
  })

  test.each([
    ['a folder', () => `Saved in ${tmpdir()}/x.png`, 'a folder of this machine'],
    ['the time', () => `Done at ${new Date().toISOString()}`, 'the time of day'],
    ['milliseconds', () => `t=${Date.now()}`, 'the time of day'],
    ['a stack', () => String(new Error('x').stack), 'a stack trace'],
    ['the process', () => `pid ${process.pid}`, 'the process id'],
  ])('%s in an observation', async (_, run, what) => {
    expect(await complaint(defineTool({ ...base, run }))).toContain(`the observation holds ${what}`)
  })

  test('a signal that is ignored', async () => {
    const run = async ({ text }: { text: string }): Promise<string> => {
      await sleep(1_500)
      return text
    }
    const check = toolChecks(defineTool({ ...base, run }), { examples: [{ text: 'one' }] }).filter(({ name }) =>
      name.includes('its signal fires'),
    )
    const [result] = await runChecks(check)
    expect(result?.reason).toContain('example 0 still ran 1000 ms after call.signal fired')
  })

  test('state that rollouts share', async () => {
    const seen = new WeakMap<object, number>()
    const shared: string[] = []
    const run = ({ text }: { text: string }, { rollout }: { rollout: object }): string => {
      // Alone it looks innocent: it forgets what it knew whenever a rollout begins.
      if (!seen.has(rollout)) shared.length = 0
      seen.set(rollout, 1)
      shared.push(text)
      return shared.join()
    }
    expect((await complaints(defineTool({ ...base, run }))).map((result) => result.name)).toEqual([
      'rollouts do not see each other',
    ])
  })

  test('a release that fails', async () => {
    const setup = (rollout: { defer(release: () => void): void }): void =>
      rollout.defer(() => {
        throw new Error('still open')
      })
    expect(await complaint(defineTool({ ...base, setup, run: () => '' }))).toContain(
      'a release failed: bad: still open',
    )
  })

  test('a fork that shares, and one that forgets', async () => {
    const setup = (): string[] => []
    const run = ({ text }: { text: string }, { state }: { state: string[] }): string => {
      state.push(text)
      return state.join()
    }
    const sharing = defineTool({ ...base, setup, fork: (state) => state, run })
    expect(await complaint(sharing)).toContain('a branch goes on like its source')
    const forgetful = defineTool({ ...base, setup, fork: () => [], run })
    expect(await complaint(forgetful)).toContain('make what `fork` returns independent and complete')
  })
})

test('callTool: one call, images in and out, limits and state included', async () => {
  const tool = defineTool({
    name: 'copy',
    description: 'Copies.',
    input,
    setup: () => 'state',
    run: ({ text }, { images, state }) => [text, state, images.length].join(),
  })
  const { outcome, usage } = await callTool(tool, { text: 'a' }, { images: [exampleImage()] })
  expect(outcome.content).toEqual([{ type: 'text', text: 'a,state,1' }])
  expect(usage.callId).toBe('call')
  expect((await callTool(tool, { text: 'abcdef' }, { limits: { maxOutputChars: 3 } })).outcome.truncated?.to).toBe(3)
  expect((await callTool(tool, { wrong: 1 })).outcome.error?.code).toBe('invalid_input')
  await expect(callTool(tool, { text: '' }, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
})
