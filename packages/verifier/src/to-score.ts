import { FaultError, jsonObjectSchema, type Score } from '@interleave/trajectory'
import type { Verdict, Verifier } from './verifier.ts'

/** Longest answer or explanation that a score keeps, in UTF-16 units. The trajectory's segments hold the whole text. */
const maxChars = 4_000

/** A verdict as the score a trajectory keeps. Throws a `bad_verdict` fault for one that is not what a verifier may return. */
export function toScore(verifier: Pick<Verifier, 'name'>, verdict: Verdict, weight: number): Score {
  const refuse = (reason: string): FaultError =>
    new FaultError('verifier', 'bad_verdict', `Verifier "${verifier.name}" ${reason}.`)
  if (typeof verdict !== 'object' || verdict === null) throw refuse('returned no verdict')
  const { answer = null, explanation, details, status } = verdict
  if (status !== 'scored' && status !== 'unscored')
    throw refuse('returned a verdict that is neither scored nor unscored')
  const score = status === 'scored' ? verdict.score : null
  if (score !== null && !(typeof score === 'number' && score >= 0 && score <= 1))
    throw refuse(`returned ${String(score)} as a score; it must lie between 0 and 1`)
  if (typeof explanation !== 'string') throw refuse('returned a verdict without an explanation')
  if (answer !== null && typeof answer !== 'string') throw refuse('returned an answer that is not text')
  if (details !== undefined && !jsonObjectSchema.safeParse(details).success)
    throw refuse('returned details that JSON cannot hold')
  return {
    verifier: verifier.name,
    status,
    score,
    weight,
    answer: answer === null ? null : cut(answer),
    explanation: cut(explanation),
    ...(details === undefined ? {} : { details }),
  }
}

function cut(text: string): string {
  if (text.length <= maxChars) return text
  return `${text.slice(0, maxChars).toWellFormed()} … (cut from ${text.length} characters)`
}
