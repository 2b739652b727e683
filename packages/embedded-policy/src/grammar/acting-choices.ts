import { boxSizes, guessLetters, parameterIndex } from '../parameters.ts'
import { lookFeatures } from '../perception/look.ts'
import type { Question } from '../prompt/question.ts'
import { boxesOf } from './boxes.ts'
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

// A glance is a less careful look.
const glanceGain = 0.7
const emptyGrid = { columns: 8, rows: 8 }
const nothingSeen = new Float64Array(emptyGrid.columns * emptyGrid.rows * lookFeatures.length)

/** A call or an answer. */
export function actChoice({ parameters }: TurnContext, { strategy }: TurnMemory): Choice {
  const factor = { levels: [0, 1], weights: [parameterIndex('call', strategy)], features: [1, 0] }
  return new Choice(words.act, [factor], parameters)
}

/** Name and first key of the call, each possibly wrong. */
export function headChoice({ parameters, question }: TurnContext): Choice {
  return new Choice(
    words.head,
    [fault(question, 'name', [0, 1, 0, 1]), fault(question, 'key', [0, 0, 1, 1])],
    parameters,
  )
}

/** The box of the call: a patch, a size, and whether the corners are swapped. */
export function boxChoice(
  { parameters, question, sights }: TurnContext,
  { focus, quadrant, strategy }: TurnMemory,
): Choice {
  const sight = sights[focus]
  const boxes = boxesOf(sight?.view ?? emptyGrid)
  const seen: Factor = {
    levels: boxes.patch,
    weights: lookWeights(question),
    features: sight?.patches ?? nothingSeen,
    scale: namesQuadrant(strategy) ? 1 : glanceGain,
  }
  const inside: Factor = {
    levels: boxes.quadrant,
    weights: [parameterIndex('inside')],
    features: [0, 1, 2, 3].map((named) => (named === quadrant ? 1 : 0)),
  }
  const sizes = ownWeights(parameterIndex(`size/${kindName(question)}`), boxSizes.length)
  const factors = [
    seen,
    inside,
    { ...sizes, levels: boxes.size },
    { ...fault(question, 'corners', []), levels: boxes.swapped },
  ]
  return new Choice(boxes.wording, factors, parameters)
}

/** Which image the call names, and whether its last brace is forgotten. */
export function tailChoice({ parameters, question, sights }: TurnContext, { focus }: TurnMemory): Choice {
  const count = imageCount(sights)
  const options = Array.from({ length: count * 2 }, (_, option) => option)
  const features = Float64Array.from({ length: count }, (_, image) => (image === focus ? 1 : 0))
  const image = { levels: options.map((option) => option >> 1), weights: [parameterIndex('image')], features }
  const brace = fault(
    question,
    'brace',
    options.map((option) => option % 2),
  )
  return new Choice(imagesWording(count, 'call'), [image, brace], parameters)
}

/** The answer: by what was read, or a guess. */
export function answerChoice({ parameters, question, sights }: TurnContext): Choice {
  const count = question.answers.option.length
  if (!question.lettered)
    return new Choice(question.answers, [ownWeights(parameterIndex('guess-number'), count)], parameters)
  const guess = ownWeights(parameterIndex('guess-letter'), guessLetters.length)
  const reading = bestReading(question, sights)
  if (reading === undefined) return new Choice(question.answers, [guess], parameters)
  const features = new Float64Array(count * 2)
  question.meaning.forEach((answer, letter) => {
    const match = reading.match[answer] ?? 0
    features[letter * 2] = match * reading.clarity
    features[letter * 2 + 1] = match * (1 - reading.clarity)
  })
  const read = parameterIndex(`read/${kindName(question)}`)
  return new Choice(question.answers, [{ ...guess, weights: [read, read + 1], features }], parameters)
}

function fault(question: Question, name: string, levels: readonly number[]): Factor {
  return { levels, weights: [parameterIndex(`form/${kindName(question)}`, name)], features: [0, 1] }
}
