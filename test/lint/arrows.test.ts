import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { arrows } from '../../oxlint.config.ts'
import { workspacePackages, workspaceRoot } from '../packages/workspace.ts'

const packages = await workspacePackages()
let folder = ''

// A workspace of empty packages with our lint configuration: nothing is written in the real one, which others may be
// building at this moment.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave-lint-'))
  await copyFile(join(workspaceRoot, 'oxlint.config.ts'), join(folder, 'oxlint.config.ts'))
  await symlink(join(workspaceRoot, 'node_modules'), join(folder, 'node_modules'))
  for (const { short } of packages) await mkdir(join(folder, 'packages', short, 'src'), { recursive: true })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function lint(owner: string, line: string): Promise<{ passed: boolean; output: string }> {
  const file = join('packages', owner, 'src', 'probe.ts')
  await writeFile(join(folder, file), `${line}\n`)
  const run = await execa(join(workspaceRoot, 'node_modules/.bin/oxlint'), ['--deny-warnings', file], {
    cwd: folder,
    reject: false,
    all: true,
  })
  return { passed: run.exitCode === 0, output: run.all }
}

describe('an import against the arrows fails the lint', () => {
  it.each([
    ['trajectory', `export { defineTool } from '@interleave/tool'`],
    ['axpo', `export { defineEnvironment } from '@interleave/environment'`],
    ['tool', `export { scriptedPolicy } from '@interleave/policy/scripted'`],
    ['environment', `export type { Step } from '@interleave/axpo'`],
    ['environment', `import { run } from '@interleave/cli'\nrun()`],
    ['policy', `import type { Tool } from '@interleave/tool'\nexport type Mine = Tool`],
  ])('in %s: %s', async (owner, line) => {
    const { passed, output } = await lint(owner, line)
    expect(passed).toBe(false)
    expect(output).toContain(`Arrows point down: @interleave/${owner} may import`)
  })

  it('by its path too', async () => {
    const { passed, output } = await lint('axpo', `export { defineTool } from '../../tool/src/index.ts'`)
    expect(passed).toBe(false)
    expect(output).toContain('Import another package by its name')
  })

  it('and one along them does not', async () => {
    const lines = [`export { deriveSeed } from '@interleave/trajectory'`, `export { a } from '../shared/src-map.ts'`]
    expect(await lint('axpo', lines.join('\n'))).toMatchObject({ passed: true })
  })
})

describe('the arrows say what the packages say', () => {
  it('name every package', () => {
    expect(Object.keys(arrows).toSorted()).toEqual(packages.map(({ short }) => short))
  })

  it.each(packages)('$short', async ({ short, folder: own, manifest }) => {
    const { dependencies, devDependencies, peerDependencies } = manifest
    const ours = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies })
      .filter((name) => name.startsWith('@interleave/'))
      .map((name) => name.replace('@interleave/', ''))
    expect(ours.toSorted()).toEqual(arrows[short]?.toSorted())
    const { references } = z
      .object({ references: z.array(z.object({ path: z.string() })) })
      .parse(JSON.parse(await readFile(join(own, 'tsconfig.json'), 'utf8')))
    expect(references.map(({ path }) => path.replace('../', '')).toSorted()).toEqual(arrows[short]?.toSorted())
  })

  it('have no cycle', () => {
    const depth = (name: string, above: string[]): number => {
      if (above.includes(name)) throw new Error(`cycle: ${[...above, name].join(' -> ')}`)
      return 1 + Math.max(0, ...(arrows[name] ?? []).map((below) => depth(below, [...above, name])))
    }
    expect(Math.max(...Object.keys(arrows).map((name) => depth(name, [])))).toBeGreaterThan(2)
  })
})
