import type { Inspect } from './make-inspect.ts'
import type { Uncurry } from './uncurry.ts'

/** The line that a console writes of its arguments: texts as they are, the rest inspected, `%` directives filled in. */
export type Format = (values: readonly unknown[]) => string

export function makeFormat(inspect: Inspect, uncurry: Uncurry): Format {
  const slice = uncurry(String.prototype, 'slice')
  const indexOf = uncurry(String.prototype, 'indexOf')
  const { stringify } = JSON
  const { parseFloat, parseInt, Number: toNumber, String: toText } = globalThis

  const plain = (value: unknown): string => (typeof value === 'string' ? value : inspect(value))
  const number = (value: unknown, read: (value: string) => number): string => {
    if (typeof value === 'bigint') return inspect(value)
    return typeof value === 'symbol' || typeof value === 'object' ? 'NaN' : inspect(read(toText(value)))
  }
  const json = (value: unknown): string => {
    try {
      return toText(stringify(value))
    } catch {
      return '[Circular]'
    }
  }
  const directive = (letter: string | undefined, value: unknown): string | undefined => {
    if (letter === 's') return typeof value === 'object' || typeof value === 'function' ? inspect(value) : plain(value)
    if (letter === 'd') return number(value, toNumber)
    if (letter === 'i') return number(value, (read) => parseInt(read, 10))
    if (letter === 'f') return number(value, parseFloat)
    if (letter === 'j') return json(value)
    if (letter === 'o' || letter === 'O') return inspect(value)
    return letter === 'c' ? '' : undefined
  }

  return (values) => {
    let line = ''
    let used = 0
    // Not taken apart with brackets: that asks an iterator, which model code may have changed.
    const first = values.length === 0 ? undefined : values[0]
    if (typeof first === 'string' && values.length > 1) {
      used = 1
      let rest = first
      for (let at = indexOf(rest, '%'); at !== -1; at = indexOf(rest, '%')) {
        const letter = rest[at + 1]
        const filled = letter === '%' ? '%' : used < values.length ? directive(letter, values[used]) : undefined
        if (filled !== undefined && letter !== '%') used += 1
        line += filled === undefined ? slice(rest, 0, at + 1) : `${slice(rest, 0, at)}${filled}`
        rest = slice(rest, at + (filled === undefined ? 1 : 2))
      }
      line += rest
    }
    for (; used < values.length; used += 1) line += used === 0 ? plain(values[used]) : ` ${plain(values[used])}`
    return line
  }
}
