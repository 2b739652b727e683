import type { Quote } from './make-quote.ts'
import type { Uncurry } from './uncurry.ts'

export interface Keys {
  /** A key before its colon. */
  readonly keyText: (key: string | symbol) => string
  readonly isIndex: (key: PropertyKey) => boolean
  /** The first index of an array, from one on, at which there is anything; its length where nothing is. */
  readonly nextIndex: (array: readonly unknown[], from: number) => number
}

export function makeKeys(uncurry: Uncurry, quote: Quote): Keys {
  const { ownKeys } = Reflect
  const text = String
  const codeAt = uncurry(String.prototype, 'charCodeAt')

  const isPlain = (key: string): boolean => {
    for (let at = 0; at < key.length; at += 1) {
      const code = codeAt(key, at)
      const letter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 36 || code === 95
      if (!letter && (at === 0 || code < 48 || code > 57)) return false
    }
    return key !== ''
  }
  const isIndex = (key: PropertyKey): boolean =>
    typeof key === 'string' && text((key as unknown as number) >>> 0) === key
  const keyText = (key: string | symbol): string =>
    typeof key === 'symbol' ? `[${text(key)}]` : isPlain(key) ? key : quote(key)
  const nextIndex = (array: readonly unknown[], from: number): number => {
    const own = ownKeys(array)
    for (let at = 0; at < own.length; at += 1) {
      const key = own[at] as unknown as number
      if (isIndex(key) && key >= from) return key >>> 0
    }
    return array.length
  }
  return { keyText, isIndex, nextIndex }
}
