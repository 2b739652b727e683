import type { Format } from './make-format.ts'
import type { Uncurry } from './uncurry.ts'

export interface Output {
  /** A console that writes to the output and nowhere else. */
  readonly console: Readonly<Record<string, (...values: unknown[]) => void>>
  /** What was written since the last time, with a line that says so where it was cut. */
  readonly take: () => string
}

export function makeOutput(format: Format, uncurry: Uncurry, mostChars: number): Output {
  const slice = uncurry(String.prototype, 'slice')
  let text = ''
  let written = 0
  const write = (values: readonly unknown[]): void => {
    const line = `${format(values)}\n`
    const room = mostChars - text.length
    written += line.length
    if (room > 0) text += line.length > room ? slice(line, 0, room) : line
  }
  const take = (): string => {
    const taken =
      written > text.length
        ? `${text}\n[Output cut: the first ${text.length} of ${written} characters are shown.]\n`
        : text
    text = ''
    written = 0
    return taken
  }
  const methods: Record<string, (...values: unknown[]) => void> = {}
  for (const name of ['log', 'info', 'debug', 'warn', 'error'])
    methods[name] = { [name]: (...values: unknown[]) => write(values) }[name] as (...values: unknown[]) => void
  return { console: methods, take }
}
