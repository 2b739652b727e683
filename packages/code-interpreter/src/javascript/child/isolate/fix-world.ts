/**
 * Takes from the global object what would differ from run to run or reach memory that no limit counts, and stops the
 * clock at `now`, in milliseconds since 1970.
 */
export function fixWorld(random: () => number, now: number): void {
  // WeakRef and FinalizationRegistry show when garbage was collected.
  for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry'])
    delete (globalThis as Record<string, unknown>)[name]
  const { apply, construct, getOwnPropertyDescriptor } = Reflect
  const { defineProperty } = Object
  const define = (owner: object, key: string, value: unknown): void => {
    defineProperty(owner, key, { value, writable: true, enumerable: false, configurable: true })
  }
  define(Math, 'random', { random: () => random() }.random)

  const RealDate = Date
  const FixedDate = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return new RealDate(now).toString()
    return construct(RealDate, args.length === 0 ? [now] : args, new.target)
  }
  for (const key of ['parse', 'UTC']) define(FixedDate, key, getOwnPropertyDescriptor(RealDate, key)?.value)
  define(FixedDate, 'now', { now: () => now }.now)
  defineProperty(FixedDate, 'name', { value: 'Date' })
  defineProperty(FixedDate, 'length', { value: 7 })
  defineProperty(FixedDate, 'prototype', { value: RealDate.prototype, writable: false })
  define(RealDate.prototype, 'constructor', FixedDate)
  define(globalThis, 'Date', FixedDate)

  // These take the time of day for a date that is left out.
  const formats = Intl.DateTimeFormat.prototype
  const format = getOwnPropertyDescriptor(formats, 'format')?.get as () => (date?: unknown) => string
  defineProperty(formats, 'format', {
    get(this: unknown) {
      const formatOne = apply(format, this, [])
      return (date?: unknown) => formatOne(date === undefined ? now : date)
    },
  })
  const toParts = getOwnPropertyDescriptor(formats, 'formatToParts')?.value as () => unknown
  const formatToParts = function (this: unknown, date?: unknown): unknown {
    return apply(toParts, this, [date === undefined ? now : date])
  }
  define(formats, 'formatToParts', formatToParts)
}
