import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa, type Options, type Result } from 'execa'

const root = path.join(import.meta.dirname, '..', '..')
const entry = path.join(root, 'packages', 'cli', 'src', 'main.ts')

/** What starts the command line on source: the program and its first arguments. */
export const command: readonly [string, ...string[]] = [process.execPath, '--conditions=@interleave/source', entry]

/** Runs `interleave` as a user would, and returns its end whatever it is. */
export async function interleave(words: readonly string[], options: Options = {}): Promise<Result<{ reject: false }>> {
  const [program, ...first] = command
  return execa(program, [...first, ...words], { reject: false, cwd: root, ...options }) as unknown as Promise<Result<{ reject: false }>>
}

/** A folder that goes away with the test. */
export async function scratch(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interleave-'))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** The shared data, where it is. */
export const data: string = path.resolve(root, process.env['INTERLEAVE_DATA'] ?? '../shared/data')
