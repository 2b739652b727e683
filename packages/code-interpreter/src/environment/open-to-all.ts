import { statSync } from 'node:fs'
import path from 'node:path'

const othersEnter = 0o001
const othersReadAndRun = 0o005

/** Whether any user can run a program and enter the folders of its files: each folder on the way there included. */
export function isOpenToAll(program: string, folders: readonly string[]): boolean {
  try {
    if ((statSync(program).mode & othersReadAndRun) !== othersReadAndRun) return false
    return [path.dirname(program), ...folders].flatMap(ancestors).every((f) => (statSync(f).mode & othersEnter) !== 0)
  } catch {
    return false
  }
}

function ancestors(folder: string): string[] {
  const above = path.dirname(folder)
  return above === folder ? [folder] : [folder, ...ancestors(above)]
}
