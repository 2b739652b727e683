import type { JsonValue } from '@interleave/trajectory'
import type { ReadCall } from './chat-template.ts'

/** Characters and levels of nesting that a call may have. */
export const callLimits = { characters: 65_536, depth: 32 } as const

const wanted = 'Write {"name": <tool name>, "arguments": <object>} between the call tags.'

/**
 * A call in the Hermes form, `{"name": …, "arguments": {…}}`, as strict JSON. What is wrong with it is in `problem`, a
 * sentence for the model; `tool` is given as soon as there is a name.
 */
export function readCall(raw: string, closed: boolean): ReadCall {
  const bad = (problem: string, tool?: string): ReadCall => ({
    raw,
    closed,
    ...(tool !== undefined && { tool }),
    problem,
  })
  if (!closed) return bad('The call was not closed before the turn ended.')
  if (raw.length > callLimits.characters)
    return bad(`The call is longer than ${callLimits.characters} characters. Make it shorter.`)
  let value: JsonValue
  try {
    value = JSON.parse(raw) as JsonValue
  } catch {
    return bad(raw.trim() === '' ? `The call is empty. ${wanted}` : `The call is not valid JSON. ${wanted}`)
  }
  if (!isObject(value)) return bad(`The call is not a JSON object. ${wanted}`)
  const tool = value.name
  if (typeof tool !== 'string' || tool === '') return bad(`The call has no tool name. ${wanted}`)
  const input = value.arguments
  if (input === undefined) return bad(`The call has no "arguments". ${wanted}`, tool)
  if (!isObject(input)) return bad(`The "arguments" of the call are not a JSON object. ${wanted}`, tool)
  if (!isPlain(input, callLimits.depth))
    return bad(`The call nests deeper than ${callLimits.depth} levels or holds a number too large for JSON.`, tool)
  return { raw, closed, tool, input }
}

function isObject(value: JsonValue): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// JSON.parse turns 1e999 into Infinity, which no JSON line can hold again.
function isPlain(value: JsonValue, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  return Object.values(value).every((item) => isPlain(item, depth - 1))
}
