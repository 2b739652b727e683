import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { InterleaveError } from '@interleave/trajectory'

const places = ['.', 'models']

/**
 * The folder with tokenizer.json inside an installed package, looked for as a module of the working directory would find
 * it, and then as this one does.
 */
export function findPackageFolder(name: string): string {
  for (const from of [join(process.cwd(), 'module.js'), import.meta.filename]) {
    for (const root of createRequire(from).resolve.paths(name) ?? []) {
      const folder = places.map((place) => join(root, name, place)).find((at) => existsSync(join(at, 'tokenizer.json')))
      if (folder !== undefined) return folder
    }
  }
  throw new InterleaveError(
    'no_tokenizer',
    `No package "${name}" with a tokenizer.json is installed where ${process.cwd()} would find it. Install it there, or name a folder.`,
  )
}
