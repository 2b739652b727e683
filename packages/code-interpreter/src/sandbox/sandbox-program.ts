import { fileURLToPath } from 'node:url'

/** The user's own packages and the current folder are no place to import from, and nothing is written beside the sources. */
export const pythonFlags: readonly string[] = ['-s', '-P', '-B']

/** The Python program of this package, beside `src` and `dist` alike; what it does is in its first lines. */
export const sandboxProgram: string = fileURLToPath(new URL('../../python/run.py', import.meta.url))
