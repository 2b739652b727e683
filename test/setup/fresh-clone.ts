import { existsSync } from 'node:fs'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa, execaSync } from 'execa'
import { workspaceRoot } from '../packages/workspace.ts'

/** Whether a clone can be made, or why not. */
export function cloneObstacle(): string | undefined {
  const run = execaSync('git', ['rev-parse', '--verify', 'HEAD'], { cwd: workspaceRoot, reject: false })
  return run.exitCode === 0 ? undefined : 'this copy of the project is not a git repository'
}

/** Clones HEAD into a folder and brings over what is changed but not committed; nothing that git ignores. */
export async function freshClone(folder: string): Promise<void> {
  await execa('git', ['clone', '--quiet', '--depth', '1', `file://${workspaceRoot}`, folder])
  const { stdout } = await execa('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: workspaceRoot,
  })
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    const from = join(workspaceRoot, file)
    const to = join(folder, file)
    if (existsSync(from)) {
      await mkdir(dirname(to), { recursive: true })
      await copyFile(from, to)
    } else await rm(to, { force: true })
  }
}
