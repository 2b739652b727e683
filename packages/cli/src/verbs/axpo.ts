import { creditRow, planRow } from '@interleave/axpo'
import { InterleaveError, messageOf } from '@interleave/trajectory'
import { readRows } from '../input/read-rows.ts'
import { writeJsonLine } from '../report/write-line.ts'
import { defineVerb, type Verb } from '../verb.ts'

const file = {
  type: 'positional',
  description: 'JSONL file, one batch a line; - (the default) is stdin',
  default: '-',
} as const
const json = { type: 'boolean', description: 'accepted for symmetry: the output is JSON Lines always' } as const

function rowVerb(name: string, description: string, convert: (row: unknown) => unknown): Verb {
  return defineVerb({
    name,
    description,
    args: { file, json },
    async run(args, signal) {
      for await (const { line, value } of readRows(args.file, signal)) {
        signal.throwIfAborted()
        let result: unknown
        try {
          result = convert(value)
        } catch (error) {
          throw new InterleaveError(
            'bad_row',
            `${args.file === '-' ? 'stdin' : args.file}:${line}: ${messageOf(error)}`,
            { cause: error },
          )
        }
        await writeJsonLine(result)
      }
    },
  })
}

export const axpoPlan: Verb = rowVerb(
  'axpo plan',
  'Which prefixes to resample: {groups, options} in, {triggered, selected, slots} out, a line each.',
  planRow,
)

export const axpoCredit: Verb = rowVerb(
  'axpo credit',
  'Advantages: {groups, options, selected, continuations} in, {credit, diagnostics} out, a line each.',
  creditRow,
)
