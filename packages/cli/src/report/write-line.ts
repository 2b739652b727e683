import { once } from 'node:events'

/** Writes one JSON line to stdout and waits where its reader is slower. */
export async function writeJsonLine(value: unknown): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(value)}\n`)) await once(process.stdout, 'drain')
}

/** Writes a line for people to stderr, which is kept apart from data. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}
