import { InterleaveError, messageOf } from '@interleave/trajectory'
import { parseReference, runVerifier } from '@interleave/verifier'
import { z } from 'zod'
import { profileNames, verifierOf } from '../input/profiles.ts'
import { readRows } from '../input/read-rows.ts'
import { note, writeJsonLine } from '../report/write-line.ts'
import { defineVerb, type Verb } from '../verb.ts'

const scoreRow = z.looseObject({ prediction: z.string(), gold: z.json(), id: z.json().optional() })

/** Predictions against golds: a verdict a line. */
export const score: Verb = defineVerb({
  name: 'score',
  description: 'Judge predictions: JSONL of {prediction, gold} in, JSONL of verdicts out.',
  args: {
    profile: { type: 'positional', required: true, description: `which verifier: ${profileNames.join(', ')}` },
    file: { type: 'positional', description: 'JSONL file; - (the default) is stdin', default: '-' },
    json: { type: 'boolean', description: 'leave out the summary on stderr' },
  },
  async run(args, signal) {
    const verifier = verifierOf(args.profile)
    let rows = 0
    let sum = 0
    let unscored = 0
    for await (const { line, value } of readRows(args.file, signal)) {
      const place = `${args.file === '-' ? 'stdin' : args.file}:${line}`
      const row = scoreRow.safeParse(value)
      if (!row.success)
        throw new InterleaveError(
          'bad_row',
          `${place}: ${row.error.issues[0]?.path.join('.')}: ${row.error.issues[0]?.message}.`,
        )
      let reference: unknown
      try {
        reference = parseReference(verifier, row.data.gold)
      } catch (error) {
        throw new InterleaveError('bad_row', `${place}: gold: ${messageOf(error)}`, { cause: error })
      }
      const verdict = await runVerifier(verifier, { text: row.data.prediction }, reference, { signal })
      rows += 1
      sum += verdict.score ?? 0
      if (verdict.status === 'unscored') unscored += 1
      await writeJsonLine({ ...(row.data.id === undefined ? {} : { id: row.data.id }), line, ...verdict })
    }
    if (!args.json) note(`${rows} rows, mean score ${rows === 0 ? '-' : (sum / rows).toFixed(4)}, ${unscored} unscored`)
  },
})
