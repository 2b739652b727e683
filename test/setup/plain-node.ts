import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { execaSync } from 'execa'

const ownFolders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))

/** The Node.js of the machine, with its npm beside it, and not the one that this project installs. */
export interface PlainNode {
  readonly file: string
  readonly version: string
}

/** Undefined where the machine has none of 20 or newer: the project then runs on one that something else provided. */
export function findPlainNode(): PlainNode | undefined {
  for (const folder of [...ownFolders, '/usr/local/bin', '/usr/bin']) {
    const file = join(folder, 'node')
    if (!existsSync(file) || !existsSync(join(folder, 'npx'))) continue
    const run = execaSync(file, ['--version'], { reject: false })
    if (run.exitCode === 0 && Number(/^v(\d+)/.exec(run.stdout)?.[1]) >= 20) return { file, version: run.stdout }
  }
  return undefined
}

/** The environment of a shell in which nothing of this project runs: no variable of npm's scripts, vitest's or turbo's. */
export function plainEnvironment(node: PlainNode): Record<string, string> {
  const foreign =
    /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)|INIT_CWD|NODE|VITEST|TURBO)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name) && name !== 'TEST')
  return Object.fromEntries([
    ...kept.map(([name, value]) => [name, value ?? '']),
    ['PATH', [dirname(node.file), ...ownFolders].join(delimiter)],
  ])
}
