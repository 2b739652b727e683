import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { FaultError, messageOf } from '@interleave/trajectory'

let text: Promise<Buffer> | undefined

/** Whether code may use mathjs, which takes long to load and is therefore not there from the start. */
export function mentionsMath(code: string): boolean {
  return /\bmath\b/.test(code)
}

/** mathjs as one script, read once. Rejects with `javascript_unavailable` where it cannot be read. */
export function readMathLibrary(): Promise<Buffer> {
  text ??= read()
  return text
}

async function read(): Promise<Buffer> {
  try {
    return await readFile(createRequire(import.meta.url).resolve('mathjs/lib/browser/math.js'))
  } catch (error) {
    throw new FaultError(
      'sandbox',
      'javascript_unavailable',
      `mathjs cannot be read; install the package again (${messageOf(error)}).`,
      { cause: error },
    )
  }
}
