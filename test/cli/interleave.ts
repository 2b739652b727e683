import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'

const root = path.join(import.meta.dirname, '..', '..')
const entry = path.join(root, 'packages', 'cli', 'src', 'main.ts')

/** What starts the command line on source: the program and its first arguments. */
export const command: readonly [string, ...string[]] = [process.execPath, '--conditions=@interleave/source', entry]

/** How a command line ended. */
export interface Ended {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs `interleave` as a user would, and returns its end whatever it is. */
export async function interleave(words: readonly string[], options: { input?: string } = {}): Promise<Ended> {
  const [program, ...first] = command
  const { exitCode, stderr, stdout } = await execa(program, [...first, ...words], {
    reject: false,
    cwd: root,
    ...options,
  })
  return { exitCode, stdout, stderr }
}

/** A folder that goes away with the test. */
export async function scratch(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interleave-'))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** The shared data, where it is. */
export const data: string = path.resolve(root, process.env['INTERLEAVE_DATA'] ?? '../shared/data')
