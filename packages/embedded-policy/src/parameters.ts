import { kinds } from './kinds.ts'
import { lookFeatures } from './perception/look.ts'

/** Strategies of a first turn, of a later turn, and what a turn in foreign words counts as. */
export const firstStrategies = ['direct', 'careful', 'glance'] as const
export const laterStrategies = ['answer', 'closer', 'elsewhere'] as const
export type Strategy = (typeof firstStrategies)[number] | (typeof laterStrategies)[number] | 'foreign'
export const strategies: readonly Strategy[] = [...firstStrategies, ...laterStrategies, 'foreign']

/** Sizes of the box around a patch. */
export const boxSizes = ['tight', 'wide', 'half'] as const
/** Ways to get a call wrong. */
export const formFaults = ['name', 'key', 'corners', 'brace'] as const
/** Letters and numbers that are guessed where nothing is known. */
export const guessLetters = 'ABCDEFGHIJ'
export const guessNumbers =
  '0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 18 20 24 25 27 30 32 36 40 45 48 50 60 72 90 100 120 180'.split(' ')

/** The kind that stands for every question that is not one of `kinds`. */
export const otherKind = 'other'

/** A named stretch of the parameter vector, with a name for each number. */
export interface ParameterBlock {
  readonly name: string
  readonly offset: number
  readonly labels: readonly string[]
}

const blocks: [string, readonly string[]][] = [...kinds.map(({ name }) => name), otherKind].flatMap(
  (kind): [string, readonly string[]][] => [
    [`think/${kind}`, firstStrategies],
    [`look/${kind}`, lookFeatures],
    [`size/${kind}`, boxSizes],
    [`again/${kind}`, laterStrategies],
    [`form/${kind}`, formFaults],
    [`read/${kind}`, ['clear', 'unclear']],
  ],
)
blocks.push(
  ['blind', firstStrategies],
  ['again-seen', laterStrategies],
  ['again-error', laterStrategies],
  ['again-late', laterStrategies],
  ['focus-first', strategies],
  ['focus-last', strategies],
  ['call', strategies],
  ['inside', ['named-quadrant']],
  ['image', ['named-image']],
  ['guess-letter', Array.from(guessLetters)],
  ['guess-number', guessNumbers],
)

let count = 0
/** The parts of the parameter vector, in order. Blocks named `…/<kind>` belong to one kind of question. */
export const parameterLayout: readonly ParameterBlock[] = blocks.map(([name, labels]) => {
  const block = { name, offset: count, labels }
  count += labels.length
  return block
})

/** Length of the parameter vector. */
export const parameterCount: number = count

const offsets = new Map(
  parameterLayout.flatMap(({ labels, name, offset }) => [
    [name, offset] as const,
    ...labels.map((label, index) => [`${name} ${label}`, offset + index] as const),
  ]),
)

/** Where a block begins in the parameter vector, or where one of its numbers stands. */
export function parameterIndex(block: string, label?: string): number {
  const name = label === undefined ? block : `${block} ${label}`
  const index = offsets.get(name)
  if (index === undefined) throw new RangeError(`There is no parameter ${name}. See parameterLayout.`)
  return index
}
