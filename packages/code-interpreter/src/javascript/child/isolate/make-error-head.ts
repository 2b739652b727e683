import type { Uncurry } from './uncurry.ts'

/** An error's name, its message, and those lines of its stack that lie in a cell. */
export type ErrorHead = (error: object) => string

export function makeErrorHead(uncurry: Uncurry): ErrorHead {
  const longest = 8000
  const mostLines = 12
  const exec = uncurry(RegExp.prototype, 'exec')
  const slice = uncurry(String.prototype, 'slice')
  const indexOf = uncurry(String.prototype, 'indexOf')
  const text = String
  const line = /^ +at .*\bcell:\d+:\d+\)?$/

  const read = (error: object, key: 'name' | 'message' | 'stack'): string => {
    try {
      const value = (error as Record<string, unknown>)[key]
      return value === undefined ? '' : text(value)
    } catch {
      return ''
    }
  }

  return (error) => {
    const name = read(error, 'name')
    const message = read(error, 'message')
    const head = message === '' ? name || 'Error' : name === '' ? message : `${name}: ${message}`
    let shown = head.length > longest ? `${slice(head, 0, longest)}... ${head.length - longest} more characters` : head
    let rest = read(error, 'stack')
    for (let lines = 0; rest !== '' && lines < mostLines;) {
      const end = indexOf(rest, '\n')
      const next = end === -1 ? rest : slice(rest, 0, end)
      rest = end === -1 ? '' : slice(rest, end + 1)
      if (next.length > 1000 || exec(line, next) === null) continue
      shown += `\n${next}`
      lines += 1
    }
    return shown
  }
}
