/** How far Adam goes, and how long it remembers. */
export interface AdamOptions {
  readonly learningRate: number
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
}

/**
 * Adam with bias correction, no weight decay. `apply` returns the parameters after a step down the gradient; moments are
 * kept between calls. Kingma and Ba, arXiv 1412.6980, algorithm 1.
 */
export class Adam {
  readonly #options: Required<AdamOptions>
  #first: Float64Array
  #second: Float64Array
  #steps = 0

  constructor(length: number, options: AdamOptions) {
    this.#options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...options }
    this.#first = new Float64Array(length)
    this.#second = new Float64Array(length)
  }

  /** One that goes on from the same moments, for steps that may have to be given up. */
  copy(): Adam {
    const other = new Adam(0, this.#options)
    other.#first = this.#first.slice()
    other.#second = this.#second.slice()
    other.#steps = this.#steps
    return other
  }

  apply(parameters: Float64Array, gradient: Float64Array): Float64Array {
    const { beta1, beta2, epsilon, learningRate } = this.#options
    this.#steps += 1
    const [unbias1, unbias2] = [1 - beta1 ** this.#steps, 1 - beta2 ** this.#steps]
    return parameters.map((value, index) => {
      const slope = gradient[index] ?? 0
      const first = beta1 * (this.#first[index] ?? 0) + (1 - beta1) * slope
      const second = beta2 * (this.#second[index] ?? 0) + (1 - beta2) * slope ** 2
      this.#first[index] = first
      this.#second[index] = second
      return value - (learningRate * (first / unbias1)) / (Math.sqrt(second / unbias2) + epsilon)
    })
  }
}
