import { kinds } from './kinds.ts'
import { formFaults, otherKind, parameterCount, parameterIndex } from './parameters.ts'

const sideOf = { frame: 'here', right: 'left', below: 'above' } as const

/**
 * The start: a policy that has seen each kind of question, looks roughly the right way, calls its tool in about 30 % of
 * rollouts, mostly for too large a region, gets the form wrong in some 15 % of calls, and reads what it sees well.
 */
export function defaultParameters(): Float64Array {
  const parameters = new Float64Array(parameterCount)
  const set = (block: string, values: Record<string, number>): void => {
    for (const [label, value] of Object.entries(values)) parameters[parameterIndex(block, label)] = value
  }
  for (const { cue, name, placement } of kinds) {
    set(`look/${name}`, { [`${cue}-${sideOf[placement]}`]: 5.4 })
    set(`read/${name}`, { clear: 10, unclear: 3 })
  }
  for (const name of [...kinds.map((kind) => kind.name), otherKind]) {
    set(`think/${name}`, { direct: 1.55, careful: 0, glance: 0 })
    set(`size/${name}`, { tight: 0, wide: 1, half: 1 })
    set(`again/${name}`, { answer: 1, closer: 0, elsewhere: 0 })
    set(`form/${name}`, Object.fromEntries(formFaults.map((fault) => [fault, -3.2])))
  }
  set('blind', { direct: 3 })
  set('again-seen', { answer: 3 })
  set('again-error', { closer: -0.5, elsewhere: 0.5 })
  set('again-late', { answer: 1 })
  set('focus-first', { elsewhere: 4 })
  set('focus-last', { closer: 4 })
  set('call', { direct: -4, careful: 4, glance: 4, answer: -4, closer: 4, elsewhere: 4, foreign: 0 })
  set('inside', { 'named-quadrant': 3 })
  set('image', { 'named-image': 5 })
  return parameters
}
