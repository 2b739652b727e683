import {
  FaultError,
  InterleaveError,
  toolOutcomeSchema,
  toolUsageSchema,
  type FaultBoundary,
} from '@interleave/trajectory'
import { exampleImage } from '@interleave/trajectory/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../define-tool.ts'
import { ToolCrash, ToolError } from '../tool-error.ts'
import { callTool } from '../testing/call-tool.ts'
import type { OutputContent, Tool, ToolLimits } from '../tool.ts'
import type { CallRequest, CallResult } from '../tool-session.ts'
import { createToolRunner } from './create-tool-runner.ts'

const input = z.object({ n: z.number(), unit: z.string().default('m') })

function toolThat(run: () => OutputContent | Promise<OutputContent>, limits: ToolLimits = {}): Tool {
  return defineTool({
    name: 'do_it',
    description: 'Does it.',
    input,
    limits,
    run: async () => ({ content: await run() }),
  })
}

async function outcomeOf(tool: Tool, request: Partial<CallRequest> = {}): Promise<CallResult['outcome']> {
  const { signal } = new AbortController()
  await using session = createToolRunner({ tools: [tool], graceMs: 20 }).open({ id: 'r', seed: 1, signal })
  const { outcome, usage } = await session.call({
    id: 'c1',
    tool: tool.name,
    raw: '{"n":1}',
    input: { n: 1 },
    ...request,
  })
  expect(toolOutcomeSchema.parse(outcome)).toEqual(outcome)
  toolUsageSchema.parse(usage)
  return outcome
}

async function faultOf(tool: Tool): Promise<FaultError> {
  return outcomeOf(tool).then(
    () => expect.unreachable('no fault'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(FaultError)
      return error as FaultError
    },
  )
}

describe("the model's mistakes are observations", () => {
  const tool = toolThat(() => 'fine')

  test('a call that could not be read', async () => {
    const problem = 'The call is not JSON: a comma is missing at character 7.'
    expect(await outcomeOf(tool, { problem, raw: '{"n" 1' })).toEqual({
      callId: 'c1',
      tool: 'do_it',
      index: 0,
      status: 'error',
      content: [{ type: 'text', text: `Error: ${problem}` }],
      error: { code: 'invalid_call', message: problem },
    })
  })

  test('an unknown tool: the known ones are listed', async () => {
    const { content, error } = await outcomeOf(tool, { tool: 'serach"' })
    expect(error).toEqual({ code: 'unknown_tool', message: 'There is no tool "serach\\"". The tools are: do_it.' })
    expect(content).toEqual([{ type: 'text', text: `Error: ${error?.message}` }])
  })

  test.each(['__proto__', 'constructor', 'toString', 'x'.repeat(10_000)])('the tool name %j', async (name) => {
    const { error } = await outcomeOf(tool, { tool: name })
    expect(error?.code).toBe('unknown_tool')
    expect(error?.message.length).toBeLessThan(200)
  })

  test('arguments that do not fit: the text of z.prettifyError', async () => {
    const { error } = await outcomeOf(tool, { input: { n: 'one', unit: 3 } })
    const pretty = z.prettifyError(input.safeParse({ n: 'one', unit: 3 }).error as z.ZodError)
    expect(error).toEqual({ code: 'invalid_input', message: `The arguments of do_it are not valid.\n${pretty}` })
  })

  test('thousands of bad elements give a short observation', async () => {
    const many = defineTool({
      name: 'many',
      description: '',
      input: z.object({ list: z.array(z.number()) }),
      run: () => '',
    })
    const { error } = await outcomeOf(many, { input: { list: Array.from({ length: 50_000 }, () => 'x') } })
    expect(error?.code).toBe('invalid_input')
    expect(error?.message.length).toBeLessThan(2_000)
  })

  test('no JSON value at all gets past the schema', async () => {
    const check = fc.asyncProperty(fc.jsonValue(), async (written) => {
      const { error, status } = await outcomeOf(tool, { input: written as never })
      if (input.safeParse(written).success) expect(status).toBe('ok')
      else expect(error?.code).toBe('invalid_input')
    })
    await fc.assert(check, { numRuns: 50 })
  })

  test('ToolError: its own code and message, after what came before it', async () => {
    const failing = toolThat(() => {
      throw new ToolError('no_such_page', 'Page 7 does not exist.', { content: 'Searched 6 pages.' })
    })
    const { content, error } = await outcomeOf(failing)
    expect(error).toEqual({ code: 'no_such_page', message: 'Page 7 does not exist.' })
    expect(content).toEqual([
      { type: 'text', text: 'Searched 6 pages.' },
      { type: 'text', text: 'Error: Page 7 does not exist.' },
    ])
  })

  test('a tool may throw without a promise', async () => {
    const run = (): string => {
      throw new ToolError('bad', 'No.')
    }
    const tool = defineTool({ name: 'x', description: '', input, run })
    expect((await outcomeOf(tool)).error?.code).toBe('bad')
  })

  test('a crash: no state, so none is said to be lost', async () => {
    const crashing = toolThat(() => {
      throw new ToolCrash('The interpreter ran out of memory.')
    })
    expect((await outcomeOf(crashing)).error).toEqual({
      code: 'crashed',
      message: 'The interpreter ran out of memory.',
    })
  })
})

describe('limits', () => {
  test('text is cut, and says so', async () => {
    const outcome = await outcomeOf(toolThat(() => 'a'.repeat(25), { maxOutputChars: 10 }))
    expect(outcome.status).toBe('ok')
    expect(outcome.truncated).toEqual({ from: 25, to: 10 })
    expect(outcome.content).toEqual([
      { type: 'text', text: `${'a'.repeat(10)}\n[Output cut: the first 10 of 25 characters are shown.]` },
    ])
  })

  test('the cap counts all parts, and never splits a character', async () => {
    const image = exampleImage()
    const parts: OutputContent = ['abc', { type: 'image', image }, '\u{1F600}\u{1F600}', 'tail']
    const outcome = await outcomeOf(toolThat(() => parts, { maxOutputChars: 6 }))
    expect(outcome.truncated).toEqual({ from: 11, to: 5 })
    expect(outcome.content.map((part) => (part.type === 'text' ? part.text : part.hash))).toEqual([
      'abc',
      image.hash,
      '\u{1F600}\n[Output cut: the first 5 of 11 characters are shown.]',
    ])
  })

  test('cut text is well formed and within the cap, whatever the parts', async () => {
    const check = fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 20 }),
      async (parts, maxOutputChars) => {
        const { content, truncated } = await outcomeOf(toolThat(() => parts, { maxOutputChars }))
        const all = parts.join('').toWellFormed()
        const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('')
        expect(text.isWellFormed()).toBe(true)
        if (truncated === undefined) expect(text).toBe(all)
        else {
          expect(truncated.to).toBeLessThanOrEqual(maxOutputChars)
          expect(all.startsWith(text.slice(0, truncated.to))).toBe(true)
        }
      },
    )
    await fc.assert(check, { numRuns: 60 })
  })

  test.each([
    ['too many images', { maxImages: 1 }, 'The result has 2 images; at most 1 are allowed.'],
    ['a large image', { maxPixels: 63 }, 'The result has an image of 8 x 8 pixels; at most 63 pixels are allowed.'],
  ])('%s: an error, and no image joins the rollout', async (_, limits, message) => {
    const tool = toolThat(
      () => [
        { type: 'image', image: exampleImage() },
        { type: 'image', image: exampleImage() },
      ],
      limits,
    )
    const { images, outcome } = await callTool(tool, { n: 1 })
    expect(outcome.error).toEqual({ code: 'limit', message })
    expect(images).toEqual([])
  })

  test('error messages are capped too', async () => {
    const tool = toolThat(
      () => {
        throw new ToolError('long', 'x'.repeat(100))
      },
      { maxOutputChars: 10 },
    )
    const { error, truncated } = await outcomeOf(tool)
    expect(truncated).toEqual({ from: 100, to: 10 })
    expect(error?.message).toContain('x'.repeat(10))
    expect(error?.message).not.toContain('x'.repeat(11))
  })
})

describe('failures of ours are faults', () => {
  test.each([
    ['any other exception', new TypeError('cannot read x of undefined'), 'tool', 'tool_failed'],
    ['a string', 'oops', 'tool', 'tool_failed'],
    ['an error of this project', new InterleaveError('bad_offset', 'no'), 'tool', 'tool_failed'],
    ['a fault keeps its boundary', new FaultError('search', 'search_down', 'no'), 'search', 'search_down'],
  ] as [string, unknown, FaultBoundary, string][])('%s', async (_, thrown, boundary, code) => {
    const fault = await faultOf(
      toolThat(() => {
        throw thrown
      }),
    )
    expect([fault.boundary, fault.code]).toEqual([boundary, code])
    if (thrown instanceof TypeError) expect(fault.message).toBe('The tool do_it failed: cannot read x of undefined')
  })

  test('a value that fails its schema', async () => {
    const value = z.object({ total: z.number().max(3) })
    const tool = defineTool({
      name: 'v',
      description: '',
      input,
      value,
      run: () => ({ content: '', value: { total: 4 } }),
    })
    const fault = await faultOf(tool)
    expect([fault.boundary, fault.code]).toEqual(['tool', 'bad_value'])
    expect(fault.message).toContain('total')
  })

  test.each([
    undefined,
    null,
    42,
    {},
    { content: 7 },
    { content: [7] },
    { content: [{ type: 'image' }] },
    { content: 'x', value: 1 },
  ])('the output %j, from a tool without types', async (output) => {
    const tool = defineTool({ name: 'u', description: '', input, run: () => output as never })
    expect((await faultOf(tool)).code).toBe('bad_output')
  })

  test('a setup that throws', async () => {
    const setup = (): number => {
      throw new Error('no room')
    }
    const fault = await faultOf(defineTool({ name: 's', description: '', input, setup, run: () => '' }))
    expect([fault.boundary, fault.code, fault.message]).toEqual([
      'setup',
      'setup_failed',
      'The tool s could not be set up: no room',
    ])
  })
})

test('a value of the declared kind is recorded, defaults filled in', async () => {
  const value = z.object({ total: z.number(), unit: z.string().default('m') })
  const tool = defineTool({
    name: 'v',
    description: '',
    input,
    value,
    run: ({ n }) => ({ content: '', value: { total: n } }),
  })
  const outcome = await outcomeOf(tool)
  expect(outcome.value).toEqual({ total: 1, unit: 'm' })
  expect(outcome.content).toEqual([])
})
