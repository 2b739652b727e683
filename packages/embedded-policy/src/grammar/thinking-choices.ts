import { firstStrategies, laterStrategies, parameterIndex } from '../parameters.ts'
import { lookFeatures } from '../perception/look.ts'
import { Choice, ownWeights, type Factor } from './choice.ts'
import {
  bestReading,
  imageCount,
  kindName,
  lookWeights,
  namesQuadrant,
  type TurnContext,
  type TurnMemory,
} from './turn.ts'
import { imagesWording, words } from './words.ts'

/** How to go about this turn. */
export function strategyChoice({ parameters, prompt, question, sights }: TurnContext): Choice {
  const kind = kindName(question)
  if (prompt.turn === 1) {
    const blind = sights.length === 0 || !prompt.zoom ? 1 : 0
    const count = firstStrategies.length
    const factors = [
      ownWeights(parameterIndex(`think/${kind}`), count),
      ownWeights(parameterIndex('blind'), count, blind),
    ]
    return new Choice(words.first, factors, parameters)
  }
  const clarity = bestReading(question, sights)?.clarity ?? 0
  const own = (block: string, scale: number): Factor => ownWeights(parameterIndex(block), laterStrategies.length, scale)
  const factors = [
    own(`again/${kind}`, 1),
    own('again-seen', clarity),
    own('again-error', prompt.shown ? 0 : 1),
    own('again-late', prompt.turn > 2 ? 1 : 0),
  ]
  return new Choice(words.later, factors, parameters)
}

/** Which image the thinking names. */
export function focusChoice({ parameters, sights }: TurnContext, { strategy }: TurnMemory): Choice {
  const count = imageCount(sights)
  const features = new Float64Array(count * 2)
  features[0] = 1
  features[count * 2 - 1] = 1
  const weights = [parameterIndex('focus-first', strategy), parameterIndex('focus-last', strategy)]
  const wording = imagesWording(count, namesQuadrant(strategy) ? 'quadrant' : 'thinking')
  return new Choice(wording, [{ levels: [...Array(count).keys()], weights, features }], parameters)
}

/** Which quadrant of it the thinking names. */
export function quadrantChoice({ parameters, question, sights }: TurnContext, { focus }: TurnMemory): Choice {
  const features = sights[focus]?.quadrants ?? new Float64Array(4 * lookFeatures.length)
  return new Choice(words.quadrant, [{ levels: [0, 1, 2, 3], weights: lookWeights(question), features }], parameters)
}
