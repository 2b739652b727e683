import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

export const workspaceRoot = fileURLToPath(new URL('../..', import.meta.url))

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  exports: z.record(z.string(), z.unknown()).default({}),
  bin: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
})

export type Manifest = z.infer<typeof manifestSchema>

/** The manifest of a package in a folder: in the workspace, or as it was packed. */
export async function readManifest(folder: string): Promise<Manifest> {
  return manifestSchema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
}

/** A package of the workspace that is published. */
export interface WorkspacePackage {
  /** Name of its folder: `image-zoom`. */
  readonly short: string
  readonly folder: string
  readonly manifest: Manifest
}

/** Every folder in `packages/`, in order of name. */
export async function workspacePackages(): Promise<WorkspacePackage[]> {
  const names = (await readdir(join(workspaceRoot, 'packages'))).toSorted()
  return Promise.all(
    names.map(async (short) => {
      const folder = join(workspaceRoot, 'packages', short)
      return { short, folder, manifest: await readManifest(folder) }
    }),
  )
}
