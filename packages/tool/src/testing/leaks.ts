import { homedir, hostname, tmpdir } from 'node:os'
import { cwd, pid } from 'node:process'

export interface Leak {
  readonly what: string
  readonly text: string
}

/**
 * Places in a text that look as if they differed from machine to machine or from run to run: folders of this process, its
 * id and host name, today's date with a time, milliseconds since 1970 near now, and JavaScript stack traces. Heuristics: a
 * clean result proves nothing, and what stands in `given` (the input) is not held against the tool.
 */
export function leaksIn(text: string, given = ''): Leak[] {
  const now = new Date()
  // Short names, such as a root folder or the host name "box", would be found in any text.
  const names: [string, string][] = [
    ...[cwd(), homedir(), tmpdir()].map((folder): [string, string] => ['a folder of this machine', folder]),
    ['the host name', hostname()],
  ]
  const patterns: [string, RegExp][] = [
    ['the process id', new RegExp(`\\bpid\\W{0,3}${pid}\\b`, 'gi')],
    ['a stack trace', /^\s*at .+(?:\(|\s)(?:file:|node:|\/)\S+:\d+:\d+\)?$/gm],
    ['the time of day', new RegExp(`${now.toISOString().slice(0, 10)}[T ]\\d\\d:\\d\\d`, 'g')],
  ]
  const found: Leak[] = patterns.flatMap(([what, pattern]) =>
    [...text.matchAll(pattern)].map(([match]) => ({ what, text: match })),
  )
  for (const [what, name] of names) if (name.length >= 4 && text.includes(name)) found.push({ what, text: name })
  for (const [number] of text.matchAll(/\b1\d{12}\b/g))
    if (Math.abs(Number(number) - now.getTime()) < 86_400_000) found.push({ what: 'the time of day', text: number })
  return found.filter((leak) => !given.includes(leak.text))
}
