import { effectiveTokens, FaultError } from '@interleave/trajectory'
import type { RolloutRecord } from './rollout-record.ts'

/**
 * Holds the prompt that a server says the model saw against what was sent, each image's pad expanded as the template
 * states. Throws a `prompt_mismatch` fault with the first difference; nothing is repaired.
 */
export function checkEffectivePrompt(record: RolloutRecord, seen: readonly number[]): void {
  const sent = effectiveTokens(record.segments)
  // The frozen beginning of a resumed turn has no segments yet.
  for (let at = record.placed; at < record.tokens.length; at += 1) sent.push(record.tokens[at] ?? 0)
  const length = Math.max(sent.length, seen.length)
  let at = 0
  while (at < length && sent[at] === seen[at]) at += 1
  if (at === length) return
  const pads = sent[at] === record.imagePad || seen[at] === record.imagePad
  throw new FaultError(
    'policy',
    'prompt_mismatch',
    `The policy server saw another prompt than was sent: token ${at}, pads expanded, is ${show(sent, at)} here and ${show(seen, at)} there. ` +
      (pads
        ? 'It counts the pads of an image otherwise: give the chat template the limits of its image processor.'
        : 'It encodes text again or changes ids: use a route that takes token ids.'),
  )
}

function show(ids: readonly number[], at: number): string {
  return `${ids[at] ?? 'the end'} (…${ids.slice(Math.max(0, at - 3), at + 4).join(' ')}…)`
}
