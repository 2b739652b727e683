import { z } from 'zod'

// By hand, element by element: answers hold tens of thousands of numbers, and this runs for every turn.
function every(value: unknown, accept: (element: unknown) => boolean): boolean {
  if (!Array.isArray(value)) return false
  for (const element of value) if (!accept(element)) return false
  return true
}

/** An array of token ids. */
export const idsSchema = z.custom<number[]>(
  (value) => every(value, (id) => Number.isSafeInteger(id) && (id as number) >= 0),
  'expected an array of token ids',
)

/** An array of logprobs. */
export const logprobsSchema = z.custom<number[]>(
  (value) => every(value, (logprob) => Number.isFinite(logprob)),
  'expected an array of finite numbers',
)

/** A record for each token with its logprob, and perhaps its id. */
export const logprobRecordsSchema = z.custom<{ logprob: number; token_id?: number; id?: number }[]>(
  (value) =>
    every(
      value,
      (entry) => typeof entry === 'object' && entry !== null && 'logprob' in entry && Number.isFinite(entry.logprob),
    ),
  'expected a record with a finite logprob for each token',
)
