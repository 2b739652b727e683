export interface Chance {
  /** Starts anew. Any number is a seed. */
  readonly seed: (seed: number) => void
  /** Uniform in [0, 1), with 53 bits. */
  readonly random: () => number
}

/** Small fast counter (sfc32), with the seed's two halves as its start. */
export function makeChance(): Chance {
  let a = 0
  let b = 0
  let c = 0
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  return {
    seed(seed) {
      a = seed >>> 0
      b = (seed / 4_294_967_296) >>> 0
      c = 0x9e37_79b9
      counter = 1
      for (let round = 0; round < 15; round += 1) next()
    },
    random: () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992,
  }
}
