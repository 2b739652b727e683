import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLoneProject, type LoneProject } from './lone-project.ts'
import { pack } from './pack.ts'
import { workspacePackages, workspaceRoot } from './workspace.ts'

const packages = await workspacePackages()
const tarballs = new Map<string, string>()
// A Node.js program without a browser's types. Declarations of packages are checked, TypeScript's own are not.
const compilerOptions = {
  strict: true,
  noEmit: true,
  target: 'es2024',
  lib: ['es2024'],
  types: ['node'],
  skipLibCheck: false,
  skipDefaultLibCheck: true,
}
const sourceMapSchema = z.looseObject({ sourceRoot: z.string().default(''), sources: z.array(z.string()) })
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave-alone-'))
  for (const subject of packages) tarballs.set(subject.manifest.name, await pack(subject, folder))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe.each(packages)('$manifest.name alone, from its tarball', (subject) => {
  let project: LoneProject
  beforeAll(async () => {
    project = await createLoneProject(subject, tarballs, join(folder, subject.short))
  })

  /** What a user may import, `.` and every subpath. */
  const entries = Object.keys(subject.manifest.exports).map((key) => subject.manifest.name + key.slice(1))
  const modules = entries.filter((entry) => !entry.endsWith('.json'))

  it('has every export on disk, and its modules load in silence', async () => {
    expect(entries.filter((entry) => entry.includes('*'))).toEqual([])
    const program = `
      const urls = ${JSON.stringify(entries)}.map((entry) => import.meta.resolve(entry))
      for (const entry of ${JSON.stringify(modules)}) await import(entry)
      console.log(JSON.stringify(urls))`
    await writeFile(join(project.folder, 'program.js'), program)
    const { stdout, stderr } = await execa(process.execPath, ['program.js'], { cwd: project.folder })
    const urls = z.array(z.string()).parse(JSON.parse(stdout))
    expect(stderr).toBe('')
    expect(urls.filter((url) => !existsSync(new URL(url)))).toEqual([])
  })

  it.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'preserve', moduleResolution: 'bundler' },
  ])('type-checks in a user’s program, $moduleResolution, declarations included', async (resolution) => {
    const imports = modules.map((entry, index) => `import * as entry${index} from '${entry}'\n`)
    const names = modules.map((_, index) => `entry${index}`)
    const config = { compilerOptions: { ...compilerOptions, ...resolution }, files: ['program.ts'] }
    await writeFile(join(project.folder, 'program.ts'), `${imports.join('')}export const entries = [${names.join()}]\n`)
    await writeFile(join(project.folder, 'tsconfig.json'), JSON.stringify(config))
    const run = await execa('tsc', ['--pretty', 'false'], {
      cwd: project.folder,
      preferLocal: true,
      localDir: workspaceRoot,
      reject: false,
    })
    expect(run.stdout).toBe('')
    expect(run.exitCode).toBe(0)
  })

  it('depends on versions that the registry knows', () => {
    const { dependencies, peerDependencies } = project.manifest
    const ranges = Object.values({ ...dependencies, ...peerDependencies })
    expect(ranges.filter((range) => !/^[~^]?\d+\.\d+\.\d+$/.test(range))).toEqual([])
  })

  it('holds no tests and nothing private, and its source maps lead to sources that it holds', async () => {
    const listed = await readdir(project.installedFolder, { recursive: true, withFileTypes: true })
    const files = listed.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const short = (file: string): string => file.slice(project.installedFolder.length + 1)
    expect(files.map(short).filter((file) => /\.test\.|\.test-d\.|__fixtures__|tsbuildinfo/.test(file))).toEqual([])
    const lost: string[] = []
    for (const map of files.filter((file) => file.endsWith('.map'))) {
      const { sourceRoot, sources } = sourceMapSchema.parse(JSON.parse(await readFile(map, 'utf8')))
      for (const source of sources) {
        if (!existsSync(resolve(dirname(map), sourceRoot, source))) lost.push(`${short(map)} -> ${source}`)
      }
    }
    expect(lost).toEqual([])
  })

  const commands = Object.keys(subject.manifest.bin)
  if (commands.length > 0) {
    it('has commands that answer --help', async () => {
      for (const command of commands) {
        const { stdout } = await execa(join(project.folder, 'node_modules/.bin', command), ['--help'])
        expect(stdout).toContain(command)
      }
    })
  }
})
