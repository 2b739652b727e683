import { contentHash } from './content-hash.ts'
import { FaultError } from './fault.ts'

/** Passes bytes on if their SHA-256 is `hash`; else throws `media_corrupt`, naming where they came from. */
export function verifyBytes(hash: string, bytes: Uint8Array, from: string): Uint8Array {
  const actual = contentHash(bytes)
  if (actual === hash) return bytes
  throw new FaultError(
    'media',
    'media_corrupt',
    `The ${bytes.length} bytes of image ${hash} ${from} have the SHA-256 ${actual}: they were changed or cut. Put the original back.`,
  )
}
