import { makeQuote } from './isolate/make-quote.ts'
import { makeUncurry } from './isolate/uncurry.ts'
import type { RemoteObject } from './inspector.ts'

const longest = 10_000
const quote = makeQuote(makeUncurry())

/** A primitive as it is shown; undefined for `undefined`. Saves the way into the isolate. */
export function primitiveText({ type, subtype, value, unserializableValue }: RemoteObject): string | undefined {
  if (type === 'undefined') return undefined
  if (subtype === 'null') return 'null'
  if (type === 'string') return quote(value as string)
  const text = unserializableValue ?? String(value)
  return text.length <= longest ? text : `${text.slice(0, longest)}... ${text.length - longest} more characters`
}
