import type { z } from 'zod'
import type { JsonLineProblem } from '../parse-json-line.ts'
import { readJsonLines, type JsonLine } from '../read-json-lines.ts'
import type { FileFinding } from './finding.ts'

/** Records and the findings of lines that hold none, in the order of the file. */
export async function* readChecked<Value>(
  file: string,
  schema: z.ZodType<Value>,
): AsyncGenerator<JsonLine<Value> | FileFinding> {
  let problems: JsonLineProblem[] = []
  const take = (): FileFinding[] => {
    const found = problems.map(({ line, reason }) => ({ rule: 'readable-line' as const, message: reason, file, line }))
    problems = []
    return found
  }
  for await (const record of readJsonLines<Value>(file, { schema, onBad: (problem) => problems.push(problem) })) {
    yield* take()
    yield record
  }
  yield* take()
}
