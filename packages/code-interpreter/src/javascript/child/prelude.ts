import { fixWorld } from './isolate/fix-world.ts'
import { makeApi } from './isolate/make-api.ts'
import { makeChance } from './isolate/make-chance.ts'
import { makeDescribeBuiltin } from './isolate/make-builtins.ts'
import { makeErrorHead } from './isolate/make-error-head.ts'
import { makeFormat } from './isolate/make-format.ts'
import { makeInspect } from './isolate/make-inspect.ts'
import { makeKeys } from './isolate/make-keys.ts'
import { makeLayout } from './isolate/make-layout.ts'
import { makeNameOf } from './isolate/make-name-of.ts'
import { makeOutput } from './isolate/make-output.ts'
import { makeQuote } from './isolate/make-quote.ts'
import { makeShowFunction } from './isolate/make-show-function.ts'
import { makeUncurry } from './isolate/uncurry.ts'

/** Where the prelude leaves what the process outside calls, until it has been picked up. */
export const apiName = 'interleaveApi'

const mostHeld = 100
const mostOutputChars = 65_536
const mostValueChars = 20_000
/** 2000-01-01T00:00:00Z. */
const now = 946_684_800_000

/**
 * What runs in an isolate before any model code. Functions travel as their text, so that nothing of this process is
 * reachable from within.
 */
export const preludeText = `(() => {
  'use strict'
  const uncurry = (${String(makeUncurry)})()
  const quote = (${String(makeQuote)})(uncurry)
  const settled = new WeakMap()
  const inspect = (${String(makeInspect)})({
    uncurry, quote, settled, mostHeld: ${mostHeld},
    keys: (${String(makeKeys)})(uncurry, quote),
    layout: (${String(makeLayout)})(uncurry),
    nameOf: (${String(makeNameOf)})(),
    errorHead: (${String(makeErrorHead)})(uncurry),
    describeBuiltin: (${String(makeDescribeBuiltin)})(uncurry, ${mostHeld}),
    showFunction: (${String(makeShowFunction)})(uncurry),
  })
  const format = (${String(makeFormat)})(inspect, uncurry)
  const output = (${String(makeOutput)})(format, uncurry, ${mostOutputChars})
  const chance = (${String(makeChance)})()
  chance.seed(0)
  ;(${String(fixWorld)})(chance.random, ${now})
  Object.defineProperty(globalThis, 'console', {
    value: output.console, writable: true, enumerable: false, configurable: true,
  })
  globalThis.${apiName} = (${String(makeApi)})({
    uncurry, inspect, output, chance, settled, mostChars: ${mostValueChars},
  })
})()`
