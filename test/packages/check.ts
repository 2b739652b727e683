// Checks every package as it would be published, with publint and attw, on its packed tarball.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { pack } from './pack.ts'
import { workspacePackages, workspaceRoot, type WorkspacePackage } from './workspace.ts'

const parallel = 2

async function publintProblems(tarball: string): Promise<string[]> {
  const bytes = await readFile(tarball)
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true })
  return messages.map((message) => `publint: ${formatMessage(message, pkg ?? {}, { color: false }) ?? message.code}`)
}

async function attwProblems(tarball: string): Promise<string[]> {
  const run = await execa(
    'attw',
    [tarball, '--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii', '--no-emoji', '--no-color'],
    { preferLocal: true, localDir: workspaceRoot, reject: false, all: true, timeout: 120_000 },
  )
  return run.exitCode === 0 ? [] : [`attw: ${run.all || run.shortMessage}`]
}

async function problemsOf(subject: WorkspacePackage, folder: string): Promise<string[]> {
  try {
    const tarball = await pack(subject, folder)
    return [...(await publintProblems(tarball)), ...(await attwProblems(tarball))]
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

const folder = await mkdtemp(join(tmpdir(), 'interleave-packages-'))
try {
  const waiting = await workspacePackages()
  const work = async (): Promise<void> => {
    for (let subject = waiting.shift(); subject !== undefined; subject = waiting.shift()) {
      const problems = await problemsOf(subject, folder)
      console.log(`${problems.length === 0 ? 'ok    ' : 'failed'} ${subject.manifest.name}`)
      for (const problem of problems) console.log(problem.trim().replaceAll(/^/gm, '       '))
      if (problems.length > 0) process.exitCode = 1
    }
  }
  await Promise.all(Array.from({ length: parallel }, work))
} finally {
  await rm(folder, { recursive: true, force: true })
}
