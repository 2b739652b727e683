import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { readManifest, workspaceRoot, type Manifest, type WorkspacePackage } from './workspace.ts'

/** A project outside the workspace in which one package is installed from its tarball, and nothing else of ours by name. */
export interface LoneProject {
  readonly folder: string
  readonly installedFolder: string
  /** As packed. */
  readonly manifest: Manifest
}

/**
 * Installs with npm, as a user would. Packages of ours that it depends on come from their tarballs too, through
 * `overrides`; what comes from the registry has the version of the workspace, so that the test does not change by itself.
 */
export async function createLoneProject(
  subject: WorkspacePackage,
  tarballs: ReadonlyMap<string, string>,
  folder: string,
): Promise<LoneProject> {
  const { name } = subject.manifest
  const overrides = Object.fromEntries([...tarballs].filter(([other]) => other !== name).map(fileOf))
  const zod = await readManifest(join(workspaceRoot, 'test/node_modules/zod'))
  const types = await readManifest(join(workspaceRoot, 'node_modules/@types/node'))
  const project = {
    name: 'lone',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries([...tarballs].filter(([other]) => other === name).map(fileOf)),
    devDependencies: { '@types/node': types.version },
    overrides: { ...overrides, zod: zod.version },
  }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify(project, undefined, 2))
  await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier'], {
    cwd: folder,
    timeout: 110_000,
  })
  const installedFolder = join(folder, 'node_modules', name)
  return { folder, installedFolder, manifest: await readManifest(installedFolder) }
}

function fileOf([name, tarball]: [string, string]): [string, string] {
  return [name, `file:${tarball}`]
}
