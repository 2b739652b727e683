import { hash } from 'node:crypto'

/**
 * A seed for one purpose, the same whatever the order of work: SHA-256 of the parent seed, the purpose and the index.
 * Unsigned 32 bits, which every policy server and numpy accept.
 */
export function deriveSeed(seed: number, purpose: string, index: number | string = 0): number {
  return Number.parseInt(hash('sha256', `${seed}\n${purpose}\n${index}`).slice(0, 8), 16)
}
