import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder that is removed with all it holds when the test ends. */
export async function tempFolder(): Promise<{ path: string; file(name: string): string }> {
  const path = await mkdtemp(join(tmpdir(), 'interleave-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return { path, file: (name) => join(path, name) }
}
