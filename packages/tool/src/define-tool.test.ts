import { isInterleaveError } from '@interleave/trajectory'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { defineTool } from './define-tool.ts'
import type { Tool } from './tool.ts'

const base = { description: 'Adds.', input: z.object({ a: z.number() }), run: () => 'done' }

describe('defineTool', () => {
  test('freezes the tool and its schema', () => {
    const tool = defineTool({ ...base, name: 'add', limits: { timeoutMs: 10 } })
    expect(Object.isFrozen(tool)).toBe(true)
    expect(Object.isFrozen(tool.limits)).toBe(true)
    expect(Object.isFrozen(tool.schema.input['properties'])).toBe(true)
    expect(tool.schema).toEqual({
      name: 'add',
      description: 'Adds.',
      input: {
        type: 'object',
        properties: { a: { type: 'number' } },
        required: ['a'],
        additionalProperties: false,
      },
    })
  })

  test.each(['', 'a b', 'ä', 'a'.repeat(65), 'x\n', '../x'])('refuses the name %j', (name) => {
    expect(() => defineTool({ ...base, name })).toThrow('a name has 1 to 64')
  })

  test.each([
    ['a date', z.object({ when: z.date() }), 'Date'],
    ['a bigint', z.object({ many: z.bigint() }), 'BigInt'],
    ['a nested symbol', z.object({ list: z.array(z.object({ s: z.symbol() })) }), 'Symbol'],
  ])('refuses an input with %s', (_, input, reason) => {
    const define = (): unknown => defineTool({ ...base, name: 'x', input })
    expect(define).toThrow(reason)
    expect(define).toThrow('`input` cannot be expressed as JSON Schema')
    try {
      define()
    } catch (error) {
      expect(isInterleaveError(error, 'bad_tool')).toBe(true)
    }
  })

  test('refuses a value that JSON cannot hold', () => {
    const value = z.object({ at: z.date() })
    const run = (): { content: string; value: { at: Date } } => ({ content: '', value: { at: new Date(0) } })
    expect(() => defineTool({ ...base, name: 'x', value, run })).toThrow('`value` cannot be expressed')
  })

  test('refuses an input that is no object, from callers without types', () => {
    expect(() => defineTool({ ...base, name: 'x', input: z.string() as never })).toThrow('must be a z.object')
  })

  test.each([{ timeoutMs: 0 }, { timeoutMs: 2 ** 31 }, { maxOutputChars: 1.5 }, { maxImages: -1 }])(
    'refuses the limits %j',
    (limits) => {
      expect(() => defineTool({ ...base, name: 'x', limits })).toThrow('limits.')
    },
  )
})

describe('types', () => {
  const input = z.object({ n: z.number(), unit: z.string().default('m') })

  test('infers input, value and state from one literal', () => {
    const tool = defineTool({
      name: 'count',
      description: 'Counts.',
      input,
      value: z.object({ total: z.number() }),
      setup: (rollout) => ({ total: 0, id: rollout.id }),
      run(args, call) {
        expectTypeOf(args).toEqualTypeOf<{ n: number; unit: string }>()
        expectTypeOf(call.state).toEqualTypeOf<{ total: number; id: string }>()
        call.state.total += args.n
        return { content: 'ok', value: { total: call.state.total } }
      },
    })
    expectTypeOf(tool).toExtend<Tool>()
    const list: Tool[] = [tool]
    expect(list).toHaveLength(1)
  })

  test('a wrong value, or a missing one, does not compile', () => {
    const value = z.object({ total: z.number() })
    // @ts-expect-error total is a number
    defineTool({ name: 'a', description: '', input, value, run: () => ({ content: '', value: { total: 'one' } }) })
    // @ts-expect-error a tool that declares a value must return one
    defineTool({ name: 'a', description: '', input, value, run: () => 'text' })
    // @ts-expect-error a tool that declares none must not
    defineTool({ name: 'a', description: '', input, run: () => ({ content: '', value: 1 }) })
    // @ts-expect-error an observation is text or parts
    defineTool({ name: 'a', description: '', input, run: () => 42 })
  })

  test('a wrong use of an argument does not compile', () => {
    // @ts-expect-error there is no argument m
    defineTool({ name: 'a', description: '', input, run: ({ m }) => String(m) })
    // @ts-expect-error n is a number
    defineTool({ name: 'a', description: '', input, run: ({ n }) => n.toUpperCase() })
    defineTool({
      name: 'a',
      description: '',
      input,
      setup: () => ({ seen: 0 }),
      // @ts-expect-error the state has no other key
      run: (_, call) => call.state.other,
    })
  })

  test('setup with a parameter must be written before run, or the state is not inferred', () => {
    defineTool({
      name: 'a',
      description: '',
      input,
      // @ts-expect-error state is undefined here: TypeScript has not come to `setup` yet
      run: (_, call) => String(call.state.seen),
      // @ts-expect-error and so it does not fit here either
      setup: (rollout) => ({ seen: rollout.seed }),
    })
  })
})
