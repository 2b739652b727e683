import { isUtf8 } from 'node:buffer'
import type { z } from 'zod'
import { describeIssue } from './describe-issue.ts'
import { messageOf } from './error.ts'
import type { ByteLine } from './read-lines.ts'

export type JsonLineProblemCode =
  | 'invalid_json'
  | 'invalid_record'
  | 'invalid_utf8'
  | 'truncated_line'
  | 'line_too_long'

/** Why a line gave no record: `reason` in one sentence, `message` the same with file and line before it. */
export interface JsonLineProblem {
  readonly code: JsonLineProblemCode
  readonly file: string
  readonly line: number
  readonly reason: string
  readonly message: string
}

/** What a line holds: a record, nothing (a blank line), or a problem. */
export type ParsedLine<Value> = { readonly value: Value } | { readonly problem: JsonLineProblem } | undefined

const blank = /^[ \t\r]*$/

/** Decodes, parses and checks one line. Never throws for what the line holds. */
export function parseJsonLine<Value>(
  from: ByteLine,
  about: { file: string; schema: z.ZodType<Value>; maxLineBytes: number },
): ParsedLine<Value> {
  const { bytes, line, ended } = from
  const refuse = (code: JsonLineProblemCode, reason: string): { problem: JsonLineProblem } => ({
    problem: { code, file: about.file, line, reason, message: `${about.file}:${line}: ${reason}` },
  })
  const truncated = 'The last line is cut off: its writer was stopped in the middle of it.'

  if (bytes === null) return refuse('line_too_long', `The line is longer than the ${about.maxLineBytes} bytes allowed.`)
  if (!isUtf8(bytes))
    return ended ? refuse('invalid_utf8', 'The line is not valid UTF-8.') : refuse('truncated_line', truncated)
  const text = bytes.toString('utf8')
  if (blank.test(text)) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    if (!ended) return refuse('truncated_line', truncated)
    return refuse('invalid_json', `The line is not valid JSON: ${shorten(messageOf(error))}.`)
  }
  try {
    const checked = about.schema.safeParse(parsed)
    return checked.success ? { value: checked.data } : refuse('invalid_record', describeIssue(checked.error))
  } catch (error) {
    // A value nested thousands deep overflows the stack of a recursive schema.
    if (error instanceof RangeError) return refuse('invalid_record', 'The record is nested too deeply.')
    throw error
  }
}

// V8 quotes the text around the error, newlines included.
function shorten(message: string): string {
  const flat = message.replaceAll(/\s+/g, ' ')
  return flat.length > 160 ? `${flat.slice(0, 160)}…` : flat
}
