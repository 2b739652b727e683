import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** Written last, with the hash of the locks: what has it is whole. */
export const markName = 'interleave-locks'

export function interpreterOf(folder: string): string {
  return path.join(folder, 'bin', 'python')
}

/** The newest environment that was made from these locks, by whatever base interpreter. Starts no process. */
export function installedEnvironment(root: string, locksHash: string): string | undefined {
  const whole = environmentFolders(root).filter((folder) => {
    const mark = path.join(folder, markName)
    // The interpreter is a link: it leads nowhere once the Python that it was made from is gone.
    return existsSync(mark) && existsSync(interpreterOf(folder)) && readFileSync(mark, 'utf8') === locksHash
  })
  const madeAt = (folder: string): number => statSync(path.join(folder, markName)).mtimeMs
  return whole.toSorted((first, second) => madeAt(second) - madeAt(first))[0]
}

function environmentFolders(root: string): string[] {
  try {
    const names = readdirSync(root).filter((name) => /^python-[0-9a-f]{12}$/.test(name))
    return names.map((name) => path.join(root, name))
  } catch {
    return []
  }
}
