import { exampleImage } from '@interleave/trajectory/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../define-tool.ts'
import { reservedCodes } from '../reserved-codes.ts'
import { callTool } from '../testing/call-tool.ts'
import { isToolCrash, isToolError, ToolCrash, ToolError } from '../tool-error.ts'
import type { CallContext } from '../tool.ts'
import type { CallResult } from '../tool-session.ts'

const input = z.object({})

function outputOf(run: (call: CallContext<unknown>) => unknown, value?: z.ZodType): Promise<CallResult> {
  const tool = defineTool({
    name: 't',
    description: '',
    input,
    ...(value === undefined ? {} : { value }),
    run: (_, call) => run(call) as never,
  })
  return callTool(tool, {})
}

function thrownBy(thrown: unknown): Promise<CallResult> {
  return outputOf(() => {
    throw thrown
  })
}

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic
const trap = (): never => {
  throw new Error('trapped')
}
const proxy = new Proxy({}, { has: trap, get: trap, getPrototypeOf: trap })

describe('a value that JSON cannot hold is a fault', () => {
  test.each([
    ['a bigint', 5n],
    ['a cycle', cyclic],
    ['a function', () => 1],
    ['NaN', Number.NaN],
    ['a date within', { at: new Date(0) }],
    ['a proxy', proxy],
  ])('%s', async (_, value) => {
    for (const schema of [z.any(), z.unknown()])
      await expect(outputOf(() => ({ content: '', value }), schema)).rejects.toMatchObject({
        boundary: 'tool',
        code: 'bad_value',
      })
  })

  test('and so is one whose schema throws, or is asynchronous', async () => {
    for (const schema of [z.string().refine(trap), z.string().refine(async () => true)])
      await expect(outputOf(() => ({ content: '', value: 'a' }), schema)).rejects.toMatchObject({
        boundary: 'tool',
        code: 'bad_value',
      })
  })

  test('what JSON can hold passes', async () => {
    const value = { list: [1, 'a', null, { deep: true }] }
    expect((await outputOf(() => ({ content: '', value }), z.unknown())).outcome.value).toEqual(value)
    expect((await outputOf(() => ({ content: '' }), z.string().optional())).outcome).not.toHaveProperty('value')
  })
})

test.each([
  ['width NaN', { width: Number.NaN }],
  ['width 1.5', { width: 1.5 }],
  ['bytes of text', { bytes: 'abc' }],
  ['a junk parent', { parent: { hash: 'zz', box: [1] } }],
  ['a box with NaN', { parent: { hash: 'a'.repeat(64), box: [0, 0, 1, Number.NaN] } }],
  ['junk limits', { limits: { most: 1 } }],
])('an image with %s is a fault, added or shown', async (_, junk) => {
  const image = { ...exampleImage(), ...junk } as never
  const fault = { boundary: 'tool', code: 'bad_output' }
  await expect(outputOf(({ images }) => String(images.add(image).index))).rejects.toMatchObject(fault)
  await expect(outputOf(() => ({ content: [{ type: 'image', image }] }))).rejects.toMatchObject(fault)
})

describe('whatever reading an output throws is a fault of the tool', () => {
  test.each([
    [
      'content',
      {
        get content() {
          return trap()
        },
      },
    ],
    [
      'a part',
      {
        content: [
          {
            get type() {
              return trap()
            },
          },
        ],
      },
    ],
    [
      'an image',
      {
        content: [
          {
            type: 'image',
            get image() {
              return trap()
            },
          },
        ],
      },
    ],
    ['`then`, or anything else', proxy],
  ])('%s', async (_, output) => {
    await expect(outputOf(() => output)).rejects.toMatchObject({ boundary: 'tool' })
  })

  test.each([
    ['a proxy', proxy],
    ['no prototype', Object.create(null)],
    ['a throwing toString', { toString: trap }],
    ['a symbol', Symbol('s')],
    ['nothing', undefined],
  ])('thrown: %s', async (_, thrown) => {
    expect([isToolError(thrown), isToolCrash(thrown)]).toEqual([false, false])
    await expect(thrownBy(thrown)).rejects.toMatchObject({ boundary: 'tool', code: 'tool_failed' })
  })
})

describe('codes', () => {
  test.each([...reservedCodes, '', 5, undefined])('a ToolError cannot be made with the code %j', async (code) => {
    expect(() => new ToolError(code as string, 'm')).toThrow(expect.objectContaining({ code: 'bad_error_code' }))
    const changed = Object.assign(new ToolError('mine', 'm'), { code })
    await expect(thrownBy(changed)).rejects.toMatchObject({ boundary: 'tool', code: 'bad_output' })
  })

  test('a ToolCrash alone is `crashed`', async () => {
    expect((await thrownBy(new ToolCrash('dead'))).outcome.error).toEqual({ code: 'crashed', message: 'dead' })
  })
})
