import { FaultError } from '@interleave/trajectory'
import type { Placeholder } from './wire.ts'

/**
 * Holds the prompt that the model saw against the ids that were sent: each placeholder folds back to the one pad it stands
 * for. Throws a `prompt_mismatch` fault with the first difference. Nothing is repaired.
 */
export function checkPrompt(
  sent: readonly number[],
  seen: readonly number[],
  placeholders: readonly Placeholder[],
  imagePad: number | undefined,
): void {
  let at = 0
  let next = 0
  for (const [index, id] of sent.entries()) {
    if (seen[at] !== id) throw mismatch(sent, index, seen, at, imagePad)
    const placeholder = placeholders[next]
    if (placeholder?.offset !== at) {
      at += 1
      continue
    }
    if (id !== imagePad)
      throw fault(`it put an image at token ${index}, where the id ${id} was sent and no image pad${near(sent, index)}`)
    for (let end = at + placeholder.length; at < end; at += 1)
      if (seen[at] !== imagePad) throw mismatch(sent, index, seen, at, imagePad)
    next += 1
  }
  if (at !== seen.length) throw mismatch(sent, sent.length, seen, at, imagePad)
  if (next !== placeholders.length)
    throw fault(`it reports ${placeholders.length} images, of which ${next} stand where a pad was sent`)
}

function mismatch(
  sent: readonly number[],
  index: number,
  seen: readonly number[],
  at: number,
  imagePad: number | undefined,
): FaultError {
  const [here, there] = [sent[index], seen[at]]
  const run = there === imagePad ? seen.slice(at).findIndex((id) => id !== imagePad) : 0
  const extra = run === -1 ? seen.length - at : run
  const why =
    imagePad !== undefined && there === imagePad
      ? `${extra} image pads more than its own count of them follow there: images are expanded twice. Use a server that expands one pad per image once`
      : here === imagePad
        ? 'An image is missing there'
        : 'It encodes the prompt again instead of taking its ids: use a route that takes token ids'
  return fault(
    `token ${index} was sent as ${here ?? 'the end'}${near(sent, index)} and is ${there ?? 'the end'}${near(seen, at)} in what the model saw (its token ${at}). ${why}`,
  )
}

function near(ids: readonly number[], at: number): string {
  const [before, after] = [ids.slice(Math.max(0, at - 3), at), ids.slice(at + 1, at + 4)]
  return ` (…${[...before, `[${ids[at] ?? 'end'}]`, ...after].join(' ')}…)`
}

function fault(sentence: string): FaultError {
  return new FaultError('policy', 'prompt_mismatch', `The policy server saw another prompt than was sent: ${sentence}.`)
}
