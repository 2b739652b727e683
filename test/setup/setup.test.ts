import { existsSync } from 'node:fs'
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workspacePackages, workspaceRoot } from '../packages/workspace.ts'
import { cloneObstacle, freshClone } from './fresh-clone.ts'
import { findPlainNode, plainEnvironment } from './plain-node.ts'

const plain = findPlainNode()
const node = plain ?? { file: process.execPath, version: process.version }
const environment = plainEnvironment(node)
const obstacle = plain === undefined ? 'no Node.js of 20 or newer beside the project’s own' : cloneObstacle()
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave setup '))
  await chmod(folder, 0o755)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Outcome {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

async function run(cwd: string, argv: readonly string[], user: { uid?: number; gid?: number } = {}): Promise<Outcome> {
  const [file = '', ...rest] = argv
  const result = await execa(file, rest, {
    timeout: 110_000,
    ...user,
    cwd,
    env: environment,
    extendEnv: false,
    reject: false,
  })
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr }
}

function setup(cwd: string, ...args: string[]): Promise<Outcome> {
  return run(cwd, [node.file, '.ci/setup.cjs', ...args])
}

/** The smallest folder that the set-up takes for the project. */
async function smallProject(name: string): Promise<string> {
  const root = join(folder, name)
  await mkdir(join(root, '.ci'), { recursive: true })
  await mkdir(join(root, 'packages'))
  await copyFile(join(workspaceRoot, '.ci/setup.cjs'), join(root, '.ci/setup.cjs'))
  await copyFile(join(workspaceRoot, 'pnpm-workspace.yaml'), join(root, 'pnpm-workspace.yaml'))
  await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'small', dependencies: { zod: '4.6.7' } }))
  return root
}

describe('what stops the set-up is one sentence', () => {
  it('on a Node.js that is too old', async () => {
    const script = `Object.defineProperty(process, 'version', { value: 'v12.22.0' }); require('./.ci/setup.cjs')`
    const { exitCode, stdout, stderr } = await run(workspaceRoot, [node.file, '-e', script])
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'setup: Node.js 20 or newer is needed to start; this is v12.22.0. Install a newer Node.js and run the command again.',
    })
  })

  it('in a folder that cannot be written', async () => {
    const root = await smallProject('read-only')
    await chmod(root, 0o555)
    // Root may write anywhere: be nobody.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const { exitCode, stdout, stderr } = await run(root, [node.file, '.ci/setup.cjs'], nobody)
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `setup: cannot write in ${root} (EACCES): make the folder writable and free some disk space.`,
    })
  })

  it('without npx', async () => {
    const root = await smallProject('no npx')
    const { exitCode, stderr } = await run(root, ['/usr/bin/env', `PATH=${root}`, node.file, '.ci/setup.cjs'])
    expect(exitCode).toBe(1)
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^setup: npx could not be started \(ENOENT\)\. Install Node\.js/,
    )
  })

  it('when the lockfile does not fit, after the reason, and leaves neither stamp nor lock', async () => {
    const root = await smallProject('no lockfile')
    const { exitCode, stderr } = await setup(root)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('ERR_PNPM')
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^setup: the installation of packages failed; the reason is/)
    expect((await readdir(root)).filter((name) => name.startsWith('.setup'))).toEqual([])
    expect(existsSync(join(root, 'node_modules/.setup-stamp'))).toBe(false)
  })
})

describe.skipIf(obstacle !== undefined)(`a fresh clone on Node.js ${node.version} ${obstacle ?? ''}`, () => {
  let clone = ''
  beforeAll(async () => {
    clone = join(folder, 'a clone')
    await freshClone(clone)
  })

  const locks = async (): Promise<string[]> => (await readdir(clone)).filter((name) => name.startsWith('.setup-lock'))

  it('is made ready by either of two commands started at once, once, in a path with spaces', async () => {
    const runs = await Promise.all([setup(clone, '--build'), setup(clone, '--build')])
    const printed = runs.map(({ stderr }) => stderr).join('\n')
    expect(
      runs.map(({ exitCode }) => exitCode),
      printed,
    ).toEqual([0, 0])
    expect(printed.match(/setup: installing packages/g)).toHaveLength(1)
    const local = await run(clone, ['node_modules/.bin/node', '--version'])
    expect(Number(/^v(\d+)/.exec(local.stdout)?.[1])).toBeGreaterThanOrEqual(24)
    for (const { short } of await workspacePackages())
      expect(existsSync(join(clone, 'packages', short, 'dist/index.js')), short).toBe(true)
    expect(await locks()).toEqual([])
  })

  it('has nothing more to say the second time', async () => {
    expect(await setup(clone, '--build')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  it.each(['npm run demo -- --runs 1 --steps 2', 'npm test -- test/lint'])(
    'runs the README’s command: %s',
    async (command) => {
      const { exitCode, stdout, stderr } = await run(clone, command.split(' '))
      expect(exitCode, stdout + stderr).toBe(0)
    },
  )

  it('takes over the lock of a dead process, one of three that find it', async () => {
    const dead = execa(process.execPath, ['--eval', ''])
    await dead
    await symlink(String(dead.pid), join(clone, '.setup-lock'))
    await rm(join(clone, 'node_modules/.setup-stamp'))
    const runs = await Promise.all([setup(clone), setup(clone), setup(clone)])
    const printed = runs.map(({ stderr }) => stderr).join('\n')
    expect(
      runs.map(({ exitCode }) => exitCode),
      printed,
    ).toEqual([0, 0, 0])
    expect(printed.match(/setup: installing packages/g)).toHaveLength(1)
    expect(await locks()).toEqual([])
  })

  it('waits for the lock of a living one, and says for which', async () => {
    const lock = join(clone, '.setup-lock')
    await symlink(String(process.pid), lock)
    const waiting = execa(node.file, ['.ci/setup.cjs', '--build'], { cwd: clone, env: environment, extendEnv: false })
    for await (const line of waiting.iterable({ from: 'stderr' })) {
      expect(line).toBe(`setup: waiting for another set-up of this folder, process ${process.pid}`)
      await rm(lock)
    }
    expect((await waiting).exitCode).toBe(0)
  })

  it('is rebuilt by `npm run build` after an edit, without what a deleted file left', async () => {
    const source = join(clone, 'packages/trajectory/src/later.ts')
    const built = join(clone, 'packages/trajectory/dist/later.js')
    for (const text of ['first', 'second']) {
      await writeFile(source, `/** A constant. */\nexport const later = '${text}'\n`)
      expect(await run(clone, ['npm', 'run', 'build'])).toMatchObject({ exitCode: 0 })
      expect(await readFile(built, 'utf8')).toContain(text)
    }
    await rm(source)
    expect(await run(clone, ['npm', 'run', 'build'])).toMatchObject({ exitCode: 0 })
    expect(existsSync(built)).toBe(false)
    expect(existsSync(join(dirname(built), 'index.js'))).toBe(true)
  })

  it('says which file does not compile', async () => {
    await appendFile(join(clone, 'packages/trajectory/src/index.ts'), `export const wrong: number = 'text'\n`)
    const { exitCode, stdout, stderr } = await setup(clone, '--build')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/src\/index\.ts\(\d+,\d+\): error TS2322/)
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('setup: the build failed; the reason is printed above.')
    expect(await locks()).toEqual([])
  })
})
