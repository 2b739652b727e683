import { byteIds } from '@interleave/chat-template/byte'
import { wording, type Piece, type Wording } from './wording.ts'

const { answerClose, answerOpen, callClose, callOpen, thinkClose, turnEnd } = byteIds
const thought: readonly Piece[] = ['.', thinkClose, '\n\n']
const quadrants = ['top left', 'top right', 'bottom left', 'bottom right']

/** What each choice is worded as. Options stand in the order of the choice's levels. */
export const words = {
  first: wording([
    ['I can tell from the whole picture', ...thought],
    ['The detail is small. I zoom into image '],
    ['Something stands out. I zoom into image '],
  ]),
  later: wording([
    ['I can answer now', ...thought],
    ['I need a closer look at image '],
    ['That is not it. I look elsewhere, in image '],
  ]),
  quadrant: wording(quadrants.map((name) => [name, ...thought])),
  act: wording([[callOpen], [answerOpen]]),
  head: wording(
    ['"bbox_2d": [', '"bbox": ['].flatMap((key) =>
      ['image_zoom_in', 'zoom'].map((name) => [`\n{"name": "${name}", "arguments": {${key}`]),
    ),
  ),
  thinking: wording([[thinkClose, '\n\n']]),
  call: wording([[callClose, turnEnd]]),
  closeAnswer: wording([[answerClose, turnEnd]]),
  ended: wording([[turnEnd]]),
} as const satisfies Record<string, Wording>

const known = new Map<string, Wording>()

/**
 * Wordings of "which image", by number of images: at the end of the thinking, before a quadrant, or as the last argument
 * of a call, where each image comes with both braces and with one forgotten.
 */
export function imagesWording(count: number, place: 'thinking' | 'quadrant' | 'call'): Wording {
  const key = `${place} ${count}`
  const made = known.get(key)
  if (made !== undefined) return made
  const options = Array.from({ length: count }, (_, image): readonly (readonly Piece[])[] => {
    if (place === 'thinking') return [[`${image}`, ...thought]]
    if (place === 'quadrant') return [[`${image}, at the `]]
    return ['}}', '}'].map((braces) => [`${image}${braces}\n`, callClose, turnEnd])
  }).flat()
  const words = wording(options)
  known.set(key, words)
  return words
}
