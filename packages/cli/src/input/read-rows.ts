import { parseJsonLines, readJsonLines, type JsonLine } from '@interleave/trajectory'
import { z } from 'zod'

const row = z.record(z.string(), z.json())

/** The JSON objects of a file, or of stdin for `-`. A bad line throws with its place. */
export function readRows(file: string): AsyncGenerator<JsonLine<Record<string, unknown>>, void, undefined> {
  return file === '-'
    ? parseJsonLines(process.stdin, { name: 'stdin', schema: row })
    : readJsonLines(file, { schema: row })
}
