import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

/** The programs in PATH with one of these names: by name first, then in the order of PATH, all of them and not the first. */
export function programsInPath(names: readonly string[]): string[] {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder))
  const files = names.flatMap((name) => folders.map((folder) => path.join(folder, name)))
  return [...new Set(files)].filter(isProgram)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
