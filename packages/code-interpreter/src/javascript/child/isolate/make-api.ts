import type { Chance } from './make-chance.ts'
import type { Inspect } from './make-inspect.ts'
import type { Output } from './make-output.ts'
import type { Uncurry } from './uncurry.ts'

export type Told = readonly ['value' | 'error', string]

/** What the process outside may call. Model code has no way to reach it. */
export interface IsolateApi {
  /** Where the inspector puts the value to be told of. */
  value: unknown
  take(): string
  seed(seed: number): void
  /** Remembers mathjs, which has just defined itself. */
  keepMath(seed: number): void
  /** Looks at the promise in `value`, so that its end can be told. */
  watch(): void
  /** What is in `value` as text, which is let go. A promise that failed is told as an error. */
  tell(kind: 'value' | 'error'): Told
}

interface Library {
  config(options: { readonly randomSeed: string }): unknown
}

type Settled = WeakMap<object, { readonly value: unknown }>

export interface ApiParts {
  readonly uncurry: Uncurry
  readonly inspect: Inspect
  readonly output: Output
  readonly chance: Chance
  readonly settled: Settled
  readonly mostChars: number
}

export function makeApi({ uncurry, inspect, output, chance, settled, mostChars }: ApiParts): IsolateApi {
  const slice = uncurry(String.prototype, 'slice')
  const tagOf = uncurry(Object.prototype, 'toString')
  const then = uncurry(Promise.prototype, 'then')
  const remember = uncurry(WeakMap.prototype, 'set')
  let math: Library | undefined
  let rejection: { readonly reason: unknown } | undefined

  const cut = (text: string): string =>
    text.length <= mostChars
      ? text
      : `${slice(text, 0, mostChars)}\n[Cut: the first ${mostChars} of ${text.length} characters are shown.]`
  const errorText = (thrown: unknown): string => {
    let isError = false
    try {
      isError = tagOf(thrown) === '[object Error]'
    } catch {
      // A proxy may refuse even this.
    }
    return isError ? inspect(thrown) : `Uncaught ${inspect(thrown)}`
  }
  const seedMath = (seed: number): void => {
    // It starts anew only where the seed is another than before.
    math?.config({ randomSeed: `${seed} anew` })
    math?.config({ randomSeed: `${seed}` })
  }
  const api: IsolateApi = {
    value: undefined,
    take: output.take,
    seed(seed) {
      chance.seed(seed)
      seedMath(seed)
    },
    keepMath(seed) {
      math = (globalThis as unknown as { math: Library }).math
      seedMath(seed)
    },
    watch() {
      const promise = api.value as object
      void then(
        promise,
        (value) => remember(settled, promise, { value }),
        (reason) => {
          rejection = { reason }
        },
      )
    },
    tell(kind) {
      const { value } = api
      const rejected = rejection
      api.value = undefined
      rejection = undefined
      if (rejected !== undefined) return ['error', cut(errorText(rejected.reason))]
      return [kind, cut(kind === 'error' ? errorText(value) : inspect(value))]
    },
  }
  return api
}
