import { plainImage } from '../testing/plain-image.ts'
import { checkPrompt } from '../wire/fold-prompt.ts'
import type { WireReply } from '../wire/wire.ts'
import type { CanaryContext } from './canary-context.ts'
import type { Finding } from './finding.ts'

/**
 * Whether each image takes the place of its one pad, once. A square image becomes a square number of pads; a server that
 * expands twice makes one less than twice that, and answers all the same.
 */
export async function imageExpandedOnce({ ask, ids, wire }: CanaryContext): Promise<Finding> {
  const canary = 'image expanded once'
  if (!wire.takesImages) return { canary, verdict: 'not_proven', detail: `${wire.driver} takes no images` }
  const { image, letters } = ids
  if (image === undefined)
    return { canary, verdict: 'not_proven', detail: 'the id of an image pad is not known; give it as imagePad' }
  const one = [...letters, ...image.before, image.pad, ...image.after, ...letters]
  const counts: number[] = []
  for (const times of [1, 2]) {
    const tokens = times === 1 ? one : [...one, ...one]
    const images = Array.from({ length: times }, () => plainImage)
    const reply = await ask({ tokens, images, maxTokens: 2 })
    const problem = problemOf(reply, tokens, image.pad, times)
    if (problem !== null) return { canary, verdict: 'failed', detail: problem }
    counts.push(...(reply.placeholders ?? []).map(({ length }) => length))
  }
  const [count = 0] = counts
  const side = Math.sqrt(count)
  if (counts.some((other) => other !== count))
    return { canary, verdict: 'failed', detail: `the same image became ${counts.join(', ')} tokens` }
  if (!Number.isInteger(side))
    return {
      canary,
      verdict: 'failed',
      detail: `a square image became ${count} tokens, which is no square: expanded twice`,
    }
  return { canary, verdict: 'passed', detail: `one pad became ${count} (${side} x ${side}), also with two images` }
}

function problemOf(reply: WireReply, sent: readonly number[], pad: number, images: number): string | null {
  const { prompt, placeholders = [] } = reply
  if (prompt === undefined) return 'the prompt that the model saw does not come back'
  if (placeholders.length !== images)
    return `${images} images were sent and the places of ${placeholders.length} came back`
  checkPrompt(sent, prompt, placeholders, pad)
  return null
}
