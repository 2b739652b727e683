import { join } from 'node:path'
import { execa } from 'execa'
import { type WorkspacePackage, workspaceRoot } from './workspace.ts'

/** Packs a package as a publication would, `workspace:*` rewritten, and gives the tarball's path. Needs a build. */
export async function pack(subject: WorkspacePackage, into: string): Promise<string> {
  await execa('pnpm', ['pack', '--pack-destination', into], {
    cwd: subject.folder,
    preferLocal: true,
    localDir: workspaceRoot,
    timeout: 60_000,
  })
  const { name, version } = subject.manifest
  return join(into, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
}
