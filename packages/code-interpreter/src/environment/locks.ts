import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const inPackage = (name: string): string => fileURLToPath(new URL(`../../python/${name}`, import.meta.url))

/** The files that pin what is installed, each package with the hashes of its files. */
export interface Locks {
  readonly libraries: string
  readonly installer: string
}

export const packagedLocks: Locks = {
  libraries: inPackage('requirements.txt'),
  installer: inPackage('requirements-uv.txt'),
}

/** A hash over the locks and the kind of machine, since a cache folder may be shared by several. */
export function hashLocks({ installer, libraries }: Locks): string {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`)
  return hash.update(readFileSync(libraries)).update(readFileSync(installer)).digest('hex')
}

/** The name of the folder of an environment made from these locks by a base interpreter of this version. */
export function environmentName(locksHash: string, baseVersion: string): string {
  return `python-${createHash('sha256').update(locksHash).update(baseVersion).digest('hex').slice(0, 12)}`
}
