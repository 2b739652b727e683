import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeDescribeBuiltin } from './make-builtins.ts'
import { makeChance } from './make-chance.ts'
import { makeErrorHead } from './make-error-head.ts'
import { makeFormat } from './make-format.ts'
import { makeInspect } from './make-inspect.ts'
import { makeKeys } from './make-keys.ts'
import { makeLayout } from './make-layout.ts'
import { makeNameOf } from './make-name-of.ts'
import { makeOutput } from './make-output.ts'
import { makeQuote } from './make-quote.ts'
import { makeShowFunction } from './make-show-function.ts'
import { makeUncurry } from './uncurry.ts'

const uncurry = makeUncurry()
const quote = makeQuote(uncurry)
const inspect = makeInspect({
  uncurry,
  quote,
  keys: makeKeys(uncurry, quote),
  layout: makeLayout(uncurry),
  nameOf: makeNameOf(),
  errorHead: makeErrorHead(uncurry),
  describeBuiltin: makeDescribeBuiltin(uncurry, 100),
  showFunction: makeShowFunction(uncurry),
  mostHeld: 100,
  settled: new WeakMap(),
})

describe('inspect', () => {
  it('shows anything twice alike, and throws at nothing', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withBoxedValues: true,
      withNullPrototype: true,
      withObjectString: true,
    })
    fc.assert(
      fc.property(anything, (value) => {
        expect(inspect(value)).toBe(inspect(value))
      }),
    )
  })

  it('quotes a text so that it reads back as itself', () => {
    const read = (literal: string): unknown => runInNewContext(literal)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(read(inspect(text))).toBe(text)
      }),
    )
    expect(inspect('\ud800')).toBe("'\\uD800'")
  })

  it.each<[unknown, string]>([
    [Object.assign([1], { 2: 3 }), '[ 1, <1 empty item>, 3 ]'],
    [Object.assign([], { length: 1e9 }), '[ <1000000000 empty items> ]'],
    [new Map<unknown, unknown>([['k', new Set([1])]]), "Map(1) { 'k' => Set(1) { 1 } }"],
    [new Uint8Array([1, 2]), 'Uint8Array(2) [ 1, 2 ]'],
    [new Date(NaN), 'Invalid Date'],
    [/a+/g, '/a+/g'],
    [{ a: { b: { c: { d: 1 } } } }, '{ a: { b: { c: [Object] } } }'],
    [Object.create(null), '[Object: null prototype] {}'],
    [class A extends Map {}, '[class A extends Map]'],
    [async () => {}, '[AsyncFunction (anonymous)]'],
    [
      {
        get a() {
          return 1
        },
        set a(_) {},
        'b c': 1,
      },
      "{ a: [Getter/Setter], 'b c': 1 }",
    ],
    [[2n ** 4097n], `[\n  '${(2n ** 4097n).toString(16)}'\n]`],
    [/b/.exec('abc'), "[ 'b', index: 1, input: 'abc', groups: undefined ]"],
  ])('shows %# as Node does', (value, text) => expect(inspect(value)).toBe(text))

  it('tells of a cycle', () => {
    const loop: Record<string, unknown> = { a: 1 }
    loop['self'] = loop
    expect(inspect(loop)).toBe('<ref *1> { a: 1, self: [Circular *1] }')
  })

  it('is short about what is large', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 500 }, (_, at) => [`k${at}`, Array.from({ length: 500 }, () => ({ x: 1 }))]),
    )
    expect(inspect(wide).length).toBeLessThan(100_000)
  })

  it('survives objects that refuse', () => {
    const refuse = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    expect(inspect([refuse])).toBe('[ [object that cannot be inspected] ]')
    expect(inspect({ [Symbol.toStringTag]: 'Map' })).toBe("{ [Symbol(Symbol.toStringTag)]: 'Map' }")
  })
})

describe('format', () => {
  const format = makeFormat(inspect, uncurry)
  it.each<[unknown[], string]>([
    [
      ['%s|%d|%i|%f|%j|%o|%c|%%|%x', 'a', '4.5', '4.5', '4.5', { a: 1 }, [1], 'css', 9],
      'a|4.5|4|4.5|{"a":1}|[ 1 ]||%|%x 9',
    ],
    [['%s'], '%s'],
    [['%d', {}], 'NaN'],
    [[{ a: 'x' }, 'x'], "{ a: 'x' } x"],
    [[], ''],
  ])('%#', (values, line) => expect(format(values)).toBe(line))
})

describe('output', () => {
  it('keeps the first characters, and says what there was', () => {
    const { console: written, take } = makeOutput(makeFormat(inspect, uncurry), uncurry, 5)
    written['log']?.('abc')
    written['error']?.('defg')
    expect(take()).toBe('abc\nd\n[Output cut: the first 5 of 9 characters are shown.]\n')
    expect(take()).toBe('')
  })
})

describe('chance', () => {
  it('is the same for the same seed and other for another', () => {
    const draw = (seed: number): number[] => {
      const { seed: start, random } = makeChance()
      start(seed)
      return Array.from({ length: 4 }, random)
    }
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (one, other) => {
        expect(draw(one)).toEqual(draw(one))
        expect(draw(one).every((value) => value >= 0 && value < 1)).toBe(true)
        if (one !== other) expect(draw(one)).not.toEqual(draw(other))
      }),
    )
  })
})
