import { chmod, lstat, readdir } from 'node:fs/promises'
import path from 'node:path'

/** Lets every user read a folder and run its programs, whatever mask its files were made under. */
export async function openToOthers(folder: string): Promise<void> {
  const below = await readdir(folder, { recursive: true })
  for (const file of [folder, ...below.map((name) => path.join(folder, name))]) {
    const found = await lstat(file)
    if (found.isSymbolicLink()) continue
    const wanted = found.mode | ((found.mode & 0o100) === 0 ? 0o444 : 0o555)
    if (wanted !== found.mode) await chmod(file, wanted)
  }
}
