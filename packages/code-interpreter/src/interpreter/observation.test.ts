import { ToolError, type CallContext, type NewImage, type OutputPart, type RegisteredImage } from '@interleave/tool'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makePng } from '../__fixtures__/make-png.ts'
import type { CellReply } from './interpreter-session.ts'
import type { CellResult } from './interpreter-state.ts'
import { observe } from './observation.ts'

const words = { language: 'Lua', imageName: (index: number) => `picture_${index}` }
const picture = makePng({ width: 3, height: 2 })

/** A registry that holds so many images already. */
function registry(held = 0): CallContext['images'] {
  const added: RegisteredImage[] = []
  const add = (image: NewImage): RegisteredImage => {
    const registered = { ...image, hash: `image ${held + added.length}`, index: held + added.length }
    added.push(registered)
    return registered
  }
  return { add, length: held, get: () => undefined, find: () => undefined, [Symbol.iterator]: () => added.values() }
}

const replied = (reply: Partial<CellReply>, renewed?: CellResult['renewed']): CellResult => ({
  end: { kind: 'replied', reply: { output: '', figures: [], ...reply } },
  ...(renewed !== undefined && { renewed }),
})

function seen(result: CellResult, images = registry()): unknown[] {
  return observe(result, 12_000, words, images).map(shortened)
}

const shortened = (part: OutputPart): unknown =>
  typeof part !== 'string' && part.type === 'image'
    ? { mime: part.image.mime, width: part.image.width, height: part.image.height }
    : part

function failure(result: CellResult): ToolError {
  try {
    observe(result, 12_000, words, registry())
  } catch (error) {
    expect(error).toBeInstanceOf(ToolError)
    return error as ToolError
  }
  throw new Error('It was no failure.')
}

describe('what a cell replied', () => {
  test.each<readonly [string, Partial<CellReply>, unknown[]]>([
    ['output', { output: 'a\n' }, ['a\n']],
    ['a value', { value: '1' }, ['1']],
    ['a value on a line of its own', { output: 'a', value: '1' }, ['a', '\n1']],
    ['a value after a whole line', { output: 'a\n', value: '1' }, ['a\n', '1']],
    ['nothing', {}, ['[no output]']],
    ['a value that shows nothing', { value: '' }, ['[no output]']],
  ])('%s', (_, reply, content) => {
    expect(seen(replied(reply))).toEqual(content)
  })

  test('pictures are numbered as the rollout has them, and named as code has them', () => {
    expect(seen(replied({ output: 'a\n', figures: [picture, picture] }), registry(3))).toEqual([
      'a\n',
      '\n[Image 3, picture_3 in Lua]',
      { mime: 'image/png', width: 3, height: 2 },
      '\n[Image 4, picture_4 in Lua]',
      { mime: 'image/png', width: 3, height: 2 },
    ])
  })

  test('a picture without a name in code', () => {
    const [first] = observe(replied({ figures: [picture] }), 12_000, { language: 'Lua' }, registry())
    expect(first).toBe('[Image 0]')
  })

  test('the bytes of a picture are a copy of their own', () => {
    const frame = Buffer.concat([Buffer.alloc(8), picture])
    const [, part] = observe(replied({ figures: [frame.subarray(8)] }), 12_000, words, registry())
    frame.fill(0)
    expect(part).toMatchObject({ type: 'image', image: { bytes: new Uint8Array(picture) } })
  })

  test('what is no picture is said to be none, and takes no number', () => {
    const content = seen(replied({ figures: [Buffer.from('<svg/>'), picture] }))
    expect(content.slice(0, 2)).toEqual([
      '\n[A picture was not shown: it is no PNG file of ordinary size.]',
      '\n[Image 0, picture_0 in Lua]',
    ])
  })

  test('colours and the addresses of objects are left out', () => {
    const output = '\u{1b}[31mred\u{1b}[0m <object object at 0x7f3a12345678> <f at 0x0000ABCDEF12>\n'
    const value = '[<a.b at 0x55dead00beef>]'
    expect(seen(replied({ output, value }))).toEqual(['red <object object at 0x…> <f at 0x…>\n', '[<a.b at 0x…>]'])
  })

  test('numbers that are no address of an object stay', () => {
    expect(seen(replied({ output: '0x7f3a12345678 at 0xff at 0x12345678901234567890\n' }))).toEqual([
      '0x7f3a12345678 at 0xff at 0x12345678901234567890\n',
    ])
  })

  test('whatever a cell writes, no escape character is left', () => {
    const escape = fc.constantFrom('\u{1b}[1m', '\u{1b}]0;t\u{7}', '\u{9b}31m', '\u{1b}')
    const text = fc.array(fc.oneof(fc.string(), escape)).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (output) => {
        // oxlint-disable-next-line no-control-regex
        expect(seen(replied({ output })).join('')).not.toMatch(/\u{1b}\[\d*m|\u{1b}\]0;/u)
      }),
    )
  })
})

describe('a cell that failed', () => {
  test('is an error with what came before it', () => {
    const error = failure(
      replied({ output: 'a\n', figures: [picture], error: '\u{1b}[31mValueError: x at 0x7f3a12345678\n' }),
    )
    expect(error).toMatchObject({ code: 'exception', message: 'ValueError: x at 0x…' })
    expect((error.content as OutputPart[]).map(shortened)).toEqual([
      'a\n',
      '\n[Image 0, picture_0 in Lua]',
      { mime: 'image/png', width: 3, height: 2 },
    ])
  })

  test('that ran too long says how long it had, and shows what it wrote', () => {
    const error = failure({ end: { kind: 'time_limit', output: 'half' } })
    expect(error.code).toBe('time_limit')
    expect(error.message).toContain('longer than 12 s')
    expect(error.message).toContain('the next one finds the Lua session as it was before')
    expect(error.content).toEqual(['half', '\n[That is what it wrote before it was stopped.]\n'])
    expect(failure({ end: { kind: 'time_limit', output: '' } }).content).toEqual([])
  })

  test.each([
    ['crashed', 'interpreter_died'],
    ['protocol_violation', 'protocol_violation'],
  ] as const)('%s is %s', (kind, code) => {
    expect(failure({ end: { kind } })).toMatchObject({ code, content: [] })
  })
})

describe('a session that was made anew', () => {
  const restored = '[The Lua session was restored to what it was before the call that was stopped.]\n'
  const emptied = '[The Lua session is new: nothing of earlier calls is left.]\n'

  test('is told of first', () => {
    expect(seen(replied({ output: 'a' }, 'restored'))).toEqual([restored, 'a'])
    expect(seen(replied({}, 'emptied'))).toEqual([emptied])
  })

  test.each(['time_limit', 'crashed', 'protocol_violation'] as const)('even where the call ends in %s', (kind) => {
    expect(failure({ end: { kind, output: '' }, renewed: 'restored' }).content).toEqual([restored])
  })
})
