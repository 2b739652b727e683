import type { Uncurry } from './uncurry.ts'

export type ShowFunction = (shown: object) => string

export function makeShowFunction(uncurry: Uncurry): ShowFunction {
  const { getOwnPropertyDescriptor, getPrototypeOf } = Reflect
  const sourceOf = uncurry(Function.prototype, 'toString')
  const tagOf = uncurry(Object.prototype, 'toString')
  const slice = uncurry(String.prototype, 'slice')
  const nameOf = (shown: object): string => {
    const name: unknown = getOwnPropertyDescriptor(shown, 'name')?.value
    return typeof name === 'string' ? slice(name, 0, 100) : ''
  }
  const kinds = ['AsyncFunction', 'GeneratorFunction', 'AsyncGeneratorFunction']

  return (shown) => {
    const name = nameOf(shown)
    if (slice(sourceOf(shown), 0, 5) === 'class') {
      const base = getPrototypeOf(shown)
      const from = typeof base === 'function' ? nameOf(base) : ''
      return `[class ${name === '' ? '(anonymous)' : name}${from === '' ? '' : ` extends ${from}`}]`
    }
    const tag = slice(tagOf(shown), 8, -1)
    let kind = 'Function'
    for (let at = 0; at < kinds.length; at += 1) if (kinds[at] === tag) kind = tag
    return name === '' ? `[${kind} (anonymous)]` : `[${kind}: ${name}]`
  }
}
