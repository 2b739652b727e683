import type { Uncurry } from './uncurry.ts'

/** How an object that is more than its properties begins, and what it holds. */
interface Builtin {
  readonly head: string
  readonly brackets: '{}' | '[]'
  /** What it holds besides its properties; pairs are of a map. */
  readonly held: readonly unknown[] | readonly (readonly [unknown, unknown])[]
  readonly pairs?: true
  /** How much more it holds than is listed. */
  readonly more: number
  /** Whether the head alone says it all, unless there are properties. */
  readonly alone?: true
  /** Whether the properties are what is listed already. */
  readonly closed?: true
}

/** Undefined for an object that is nothing but its properties. */
export type DescribeBuiltin = (object: object, name: string) => Builtin | undefined

export function makeDescribeBuiltin(uncurry: Uncurry, mostHeld: number): DescribeBuiltin {
  const { apply, getOwnPropertyDescriptor, getPrototypeOf } = Reflect
  const isView = uncurry(ArrayBuffer, 'isView')
  const { isNaN: isNotNumber } = Number
  const getter = (owner: object, key: string): ((self: object) => number) => {
    const get = getOwnPropertyDescriptor(owner, key)?.get as () => number
    return (self) => apply(get, self, [])
  }
  const views = getPrototypeOf(Uint8Array.prototype) as object
  const viewLength = getter(views, 'length')
  const mapSize = getter(Map.prototype, 'size')
  const setSize = getter(Set.prototype, 'size')
  const bufferLength = getter(ArrayBuffer.prototype, 'byteLength')
  const eachOfMap = uncurry(Map.prototype, 'forEach')
  const eachOfSet = uncurry(Set.prototype, 'forEach')
  const isoOf = uncurry(Date.prototype, 'toISOString')
  const timeOf = uncurry(Date.prototype, 'getTime')
  const sourceOf = uncurry(RegExp.prototype as { toString(): string }, 'toString')
  const numberOf = uncurry(Number.prototype, 'valueOf')
  const textOf = uncurry(String.prototype, 'valueOf')
  const truthOf = uncurry(Boolean.prototype, 'valueOf')
  const tagOf = uncurry(Object.prototype, 'toString')

  const view = (object: object, name: string): Builtin => {
    const length = viewLength(object)
    const held: unknown[] = []
    for (let at = 0; at < length && at < mostHeld; at += 1) held[at] = (object as ArrayLike<unknown>)[at]
    return { head: `${name}(${length}) `, brackets: '[]', held, more: length - held.length, closed: true }
  }
  const set = (object: object, name: string): Builtin => {
    const size = setSize(object)
    const held: unknown[] = []
    eachOfSet(object, (value) => {
      if (held.length < mostHeld) held[held.length] = value
    })
    return { head: `${name}(${size}) `, brackets: '{}', held, more: size - held.length }
  }
  const map = (object: object, name: string): Builtin => {
    const size = mapSize(object)
    const held: (readonly [unknown, unknown])[] = []
    eachOfMap(object, (value, key) => {
      if (held.length < mostHeld) held[held.length] = [key, value]
    })
    return { head: `${name}(${size}) `, brackets: '{}', held, pairs: true, more: size - held.length }
  }
  const alone = (head: string): Builtin => ({ head, brackets: '{}', held: [], more: 0, alone: true })

  const describe = (object: object, name: string): Builtin | undefined => {
    const tag = tagOf(object)
    if (tag === '[object Map]') return map(object, name)
    if (tag === '[object Set]') return set(object, name)
    if (tag === '[object Date]') {
      return alone(isNotNumber(timeOf(object)) ? 'Invalid Date' : isoOf(object))
    }
    if (tag === '[object RegExp]') return alone(sourceOf(object))
    if (tag === '[object Number]') return alone(`[Number: ${numberOf(object)}]`)
    if (tag === '[object Boolean]') return alone(`[Boolean: ${truthOf(object)}]`)
    if (tag === '[object String]') return { ...alone(`[String: '${textOf(object)}']`), closed: true }
    if (tag === '[object ArrayBuffer]') return alone(`ArrayBuffer { byteLength: ${bufferLength(object)} }`)
    if (tag === '[object WeakMap]' || tag === '[object WeakSet]') return alone(`${name} { <items unknown> }`)
    return isView(ArrayBuffer, object) && tag !== '[object DataView]' ? view(object, name) : undefined
  }
  return (object, name) => {
    try {
      return describe(object, name)
    } catch {
      // It only says that it is one of these.
      return undefined
    }
  }
}
