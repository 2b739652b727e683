import { messageOf } from '@interleave/trajectory'
import type { z } from 'zod'
import { examplesOf } from '../examples-of.ts'
import { parseReference } from '../parse-reference.ts'
import { runVerifier, type RunVerifierOptions } from '../run-verifier.ts'
import type { Verifier } from '../verifier.ts'

/** A reference that a verifier cannot be used with, by its place in the list, and why. */
export interface ValidationIssue {
  readonly index: number
  readonly code: 'bad_reference' | 'accept_refused' | 'reject_accepted' | 'unscored' | 'failed'
  readonly message: string
}

/**
 * What is wrong with a verifier on some references, without a model: each must parse, its gold reply must score 1 and its
 * corrupted reply less. Empty where all is well. The replies are the verifier's `examples`.
 * Throws `no_examples` for a verifier that has none.
 */
export async function validate<Reference extends z.ZodType>(
  verifier: Verifier<Reference>,
  references: Iterable<unknown>,
  options: RunVerifierOptions = {},
): Promise<ValidationIssue[]> {
  const issues: ValidationIssue[] = []
  let index = -1
  for (const reference of references) {
    index += 1
    options.signal?.throwIfAborted()
    const issue = await validateOne(verifier, reference, options)
    if (issue !== null) issues.push({ index, ...issue })
  }
  return issues
}

async function validateOne<Reference extends z.ZodType>(
  verifier: Verifier<Reference>,
  raw: unknown,
  options: RunVerifierOptions,
): Promise<Omit<ValidationIssue, 'index'> | null> {
  let reference
  try {
    reference = parseReference(verifier, raw)
  } catch (error) {
    return { code: 'bad_reference', message: messageOf(error) }
  }
  const { accept, reject } = examplesOf(verifier, reference)
  try {
    const gold = await runVerifier(verifier, { text: accept }, reference, options)
    if (gold.status === 'unscored') return { code: 'unscored', message: gold.explanation }
    if (gold.score !== 1)
      return { code: 'accept_refused', message: `"${accept}" scores ${gold.score}: ${gold.explanation}` }
    const corrupted = await runVerifier(verifier, { text: reject }, reference, options)
    if (corrupted.score === 1)
      return { code: 'reject_accepted', message: `"${reject}" scores 1: ${corrupted.explanation}` }
    return null
  } catch (error) {
    options.signal?.throwIfAborted()
    return { code: 'failed', message: messageOf(error) }
  }
}
