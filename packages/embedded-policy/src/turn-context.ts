import { FaultError, type Image } from '@interleave/trajectory'
import type { TurnContext } from './grammar/turn.ts'
import type { Perception } from './perception/perception.ts'
import { readQuestion } from './prompt/question.ts'
import { readPrompt } from './prompt/read-prompt.ts'

/**
 * What the turn that holds offset `end` depends on. A promise only where an image must be decoded first. Throws
 * `image_count` where the pads before the turn have no image each.
 */
export function turnContext(
  parameters: Float64Array,
  perception: Perception,
  tokens: readonly number[],
  end: number,
  images: readonly Image[],
): TurnContext | Promise<TurnContext> {
  const prompt = readPrompt(tokens, end)
  if (prompt.images > images.length)
    throw new FaultError(
      'policy',
      'image_count',
      `The prompt has ${prompt.images} image pads and ${images.length} images were given. Give one image for each pad, in order.`,
    )
  const shown = prompt.images === images.length ? images : images.slice(0, prompt.images)
  const question = readQuestion(prompt.question)
  const sights = perception.remembered(shown)
  if (sights !== undefined) return { prompt, question, sights, parameters }
  return perception.see(shown).then((seen) => ({ prompt, question, sights: seen, parameters }))
}
