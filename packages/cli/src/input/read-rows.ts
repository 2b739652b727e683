import { addAbortSignal } from 'node:stream'
import { parseJsonLines, readJsonLines, type JsonLine } from '@interleave/trajectory'
import { z } from 'zod'

const row = z.record(z.string(), z.json())

/** The JSON objects of a file, or of stdin for `-`, until the signal fires. A bad line throws with its place. */
export function readRows(
  file: string,
  signal: AbortSignal,
): AsyncGenerator<JsonLine<Record<string, unknown>>, void, undefined> {
  if (file !== '-') return readJsonLines(file, { schema: row })
  // A reader that waits for the next line heeds Ctrl-C too.
  return parseJsonLines(addAbortSignal(signal, process.stdin), { name: 'stdin', schema: row })
}
