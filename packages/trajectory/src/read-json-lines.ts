import { open } from 'node:fs/promises'
import type { z } from 'zod'
import { InterleaveError } from './error.ts'
import { fileError } from './file-error.ts'
import { parseJsonLine, type JsonLineProblem } from './parse-json-line.ts'
import { readLines } from './read-lines.ts'

/** A record and where it stands: `line` from 1, `offset` in bytes. */
export interface JsonLine<Value> {
  readonly line: number
  readonly offset: number
  readonly value: Value
}

export interface ReadJsonLinesOptions<Value> {
  /** What every record must be. */
  readonly schema: z.ZodType<Value>
  /** `stop` (default) throws at the first bad line; a function is told of it, and reading goes on. */
  readonly onBad?: 'stop' | ((problem: JsonLineProblem) => void)
  /** Bytes of the longest line accepted. Default 256 MiB. */
  readonly maxLineBytes?: number
}

/**
 * The records of a stream of bytes, such as `process.stdin`, one JSON value a line, in memory for one line. Blank lines,
 * CRLF and a byte order mark are accepted. A bad line throws an `InterleaveError` whose code is the problem's
 * (`invalid_json`, `invalid_record`, `invalid_utf8`, `truncated_line`, `line_too_long`) and whose message begins with
 * `name` and line number, or is given to `onBad`.
 */
export async function* parseJsonLines<Value>(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadJsonLinesOptions<Value> & { readonly name: string },
): AsyncGenerator<JsonLine<Value>, void, undefined> {
  const { name: file, schema, onBad = 'stop', maxLineBytes = 256 * 1024 * 1024 } = options
  for await (const from of readLines(stream, maxLineBytes)) {
    const parsed = parseJsonLine(from, { file, schema, maxLineBytes })
    if (parsed === undefined) continue
    if ('value' in parsed) yield { line: from.line, offset: from.offset, value: parsed.value }
    else if (onBad === 'stop') throw new InterleaveError(parsed.problem.code, parsed.problem.message)
    else onBad(parsed.problem)
  }
}

/** The records of a JSON Lines file, as `parseJsonLines` gives them. Throws `unreadable_file` where it cannot be read. */
export async function* readJsonLines<Value>(
  file: string,
  options: ReadJsonLinesOptions<Value>,
): AsyncGenerator<JsonLine<Value>, void, undefined> {
  yield* parseJsonLines(readBytes(file), { ...options, name: file })
}

/** The record that begins at a byte offset of a file, as `readJsonLines` reported it. Throws as it does. */
export async function readJsonLineAt<Value>(file: string, offset: number, schema: z.ZodType<Value>): Promise<Value> {
  const name = `${file} (from byte ${offset})`
  for await (const { value } of parseJsonLines(readBytes(file, offset), { schema, name })) return value
  throw new InterleaveError('unreadable_file', `${name}: no record is there any more.`)
}

async function* readBytes(file: string, start = 0): AsyncGenerator<Uint8Array, void, undefined> {
  const failed = (error: unknown): never => {
    throw fileError(error, 'read', file)
  }
  await using handle = await open(file).catch(failed)
  const buffer = Buffer.allocUnsafeSlow(256 * 1024)
  // Read on from where the file stands, unless asked otherwise: a pipe has no positions.
  let position = start === 0 ? null : start
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position).catch(failed)
    if (bytesRead === 0) return
    if (position !== null) position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
