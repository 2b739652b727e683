import { hash } from 'node:crypto'

/** SHA-256 of some bytes (a string counts as UTF-8) in 64 hexadecimal digits. */
export function contentHash(bytes: Uint8Array | string): string {
  return hash('sha256', bytes)
}
