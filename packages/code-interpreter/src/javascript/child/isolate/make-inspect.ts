import type { DescribeBuiltin } from './make-builtins.ts'
import type { ErrorHead } from './make-error-head.ts'
import type { Keys } from './make-keys.ts'
import type { Layout } from './make-layout.ts'
import type { NameOf } from './make-name-of.ts'
import type { Quote } from './make-quote.ts'
import type { ShowFunction } from './make-show-function.ts'
import type { Uncurry } from './uncurry.ts'

/** A value as text, in the way of Node. Runs no getter; a proxy is asked, and may refuse. Never throws. */
export type Inspect = (value: unknown) => string

export interface InspectParts {
  readonly uncurry: Uncurry
  readonly quote: Quote
  readonly keys: Keys
  readonly layout: Layout
  readonly nameOf: NameOf
  readonly errorHead: ErrorHead
  readonly describeBuiltin: DescribeBuiltin
  readonly showFunction: ShowFunction
  readonly mostHeld: number
  /** What is told of a promise that has been watched. */
  readonly settled: WeakMap<object, { readonly value: unknown }>
}

export function makeInspect(parts: InspectParts): Inspect {
  const { uncurry, quote, keys, layout, nameOf, errorHead, describeBuiltin, showFunction, mostHeld, settled } = parts
  const deepest = 2
  const mostObjects = 2000
  const mostExtra = 1000
  const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf } = Reflect
  const { isArray } = Array
  const { is } = Object
  const text = String
  const tagOf = uncurry(Object.prototype, 'toString')
  const settledAs = uncurry(WeakMap.prototype, 'get')
  const hexOf = uncurry(BigInt.prototype, 'toString')
  const { isIndex, keyText, nextIndex } = keys
  // Beyond this writing decimal digits takes long, and nothing can interrupt it.
  const largest = 1n << 4096n

  const moreText = (more: number): string => `... ${more} more item${more === 1 ? '' : 's'}`

  return (root) => {
    const ancestors: object[] = []
    const circular: object[] = []
    let left = mostObjects

    const place = (list: object[], object: object): number => {
      for (let at = 0; at < list.length; at += 1) if (list[at] === object) return at
      return -1
    }
    const show = (value: unknown): string => {
      if (typeof value === 'string') return quote(value)
      if (typeof value === 'bigint') return value < largest && value > -largest ? `${value}n` : quote(hexOf(value, 16))
      if (typeof value === 'number') return is(value, -0) ? '-0' : `${value}`
      if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return text(value)
      return showObject(value)
    }
    const showObject = (object: object): string => {
      if (place(ancestors, object) !== -1) {
        if (place(circular, object) === -1) circular[circular.length] = object
        return `[Circular *${place(circular, object) + 1}]`
      }
      left -= 1
      if (left < 0) return '...'
      ancestors[ancestors.length] = object
      let shown: string
      try {
        shown = describe(object)
      } catch {
        shown = '[object that cannot be inspected]'
      }
      ancestors.length -= 1
      const reference = place(circular, object)
      return reference === -1 ? shown : `<ref *${reference + 1}> ${shown}`
    }
    const property = (object: object, key: string | symbol, name = keyText(key)): string => {
      const found = getOwnPropertyDescriptor(object, key)
      if (found === undefined || 'value' in found) return `${name}: ${show(found?.value)}`
      return `${name}: [${found.get === undefined ? 'Setter' : found.set === undefined ? 'Getter' : 'Getter/Setter'}]`
    }
    const properties = (object: object, entries: string[], skipsIndices: boolean): string[] => {
      const own = ownKeys(object)
      let shown = 0
      for (let at = 0; at < own.length; at += 1) {
        const key = own[at] as string | symbol
        if ((skipsIndices && isIndex(key)) || getOwnPropertyDescriptor(object, key)?.enumerable !== true) continue
        if (shown === mostHeld) {
          entries[entries.length] = '... more properties'
          break
        }
        entries[entries.length] = property(object, key)
        shown += 1
      }
      return entries
    }
    const showArray = (array: readonly unknown[], name: string | undefined): string => {
      const { length } = array
      const head = name === 'Array' ? '' : `${name ?? '[Array: null prototype]'}(${length}) `
      if (ancestors.length > deepest + 1 && length > 0) return `[${name ?? 'Array'}]`
      const entries: string[] = []
      let at = 0
      while (at < length && entries.length < mostHeld) {
        const from = at
        while (at < length && at - from < mostExtra && getOwnPropertyDescriptor(array, at) === undefined) at += 1
        if (at - from === mostExtra) at = nextIndex(array, at)
        const empty = at - from
        if (empty > 0) entries[entries.length] = `<${empty} empty item${empty === 1 ? '' : 's'}>`
        else {
          const found = getOwnPropertyDescriptor(array, at)
          entries[entries.length] = found !== undefined && 'value' in found ? show(found.value) : '[Getter]'
          at += 1
        }
      }
      if (at < length) entries[entries.length] = moreText(length - at)
      return layout(head, '[]', length <= mostExtra ? properties(array, entries, true) : entries)
    }
    const showError = (error: object): string => {
      const head = errorHead(error)
      const entries: string[] = []
      if (getOwnPropertyDescriptor(error, 'cause')?.enumerable === false)
        entries[entries.length] = property(error, 'cause', '[cause]')
      if (getOwnPropertyDescriptor(error, 'errors')?.enumerable === false)
        entries[entries.length] = property(error, 'errors', '[errors]')
      properties(error, entries, false)
      return entries.length === 0 || ancestors.length > deepest + 1 ? head : layout(`${head} `, '{}', entries)
    }
    const describe = (object: object): string => {
      const name = nameOf(object)
      if (typeof object === 'function') {
        const entries = properties(object, [], false)
        const head = showFunction(object)
        return entries.length === 0 || ancestors.length > deepest + 1 ? head : layout(`${head} `, '{}', entries)
      }
      if (isArray(object)) return showArray(object, name)
      const tag = tagOf(object)
      if (tag === '[object Error]') return showError(object)
      const builtin = describeBuiltin(object, name ?? 'Object')
      const bare = getPrototypeOf(object) === null ? `[${name ?? 'Object'}: null prototype]` : name
      if (ancestors.length > deepest + 1) return builtin?.alone === true ? builtin.head : `[${bare ?? 'Object'}]`
      const entries: string[] = []
      if (name === 'Promise') {
        const end = settledAs(settled, object) as { readonly value: unknown } | undefined
        entries[0] = end === undefined ? '<pending>' : show(end.value)
      }
      const held = builtin?.held ?? []
      for (let at = 0; at < held.length; at += 1) {
        const item = held[at]
        const pair = item as readonly [unknown, unknown]
        entries[at] = builtin?.pairs === true ? `${show(pair[0])} => ${show(pair[1])}` : show(item)
      }
      if (builtin !== undefined && builtin.more > 0) entries[entries.length] = moreText(builtin.more)
      if (builtin?.closed !== true) properties(object, entries, false)
      if (builtin?.alone === true && entries.length === 0) return builtin.head
      const head = builtin === undefined ? (bare === 'Object' ? '' : `${bare ?? 'Object'} `) : builtin.head
      return layout(builtin?.alone === true ? `${head} ` : head, builtin?.brackets ?? '{}', entries)
    }
    return show(root)
  }
}
