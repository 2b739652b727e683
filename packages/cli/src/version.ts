import { readFileSync } from 'node:fs'

// One folder up, from src and from dist alike.
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** Version of the command line. */
export const version: string = manifest.version
