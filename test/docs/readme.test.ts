import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findPython } from '@interleave/code-interpreter/environment'
import { execa } from 'execa'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { workspaceRoot } from '../packages/workspace.ts'

const readme = readFileSync(join(workspaceRoot, 'README.md'), 'utf8')
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8')))

function matches(pattern: RegExp): string[] {
  const found = [...readme.matchAll(pattern)].map((match) => match[1] ?? '')
  return [...new Set(found)]
}

/**
 * The programs of a page: its blocks that begin with an import. One goes on from the other, unless it imports again what is
 * there already.
 */
function programsOf(page: string): string[] {
  const programs: string[] = []
  for (const [, block = ''] of page.matchAll(/```ts\n([\s\S]*?)```/g)) {
    if (!block.startsWith('import ')) continue
    const last = programs.at(-1)
    const again = block.split('\n').some((line) => line.startsWith('import ') && last?.includes(line))
    if (last === undefined || again) programs.push(block)
    else programs[programs.length - 1] = `${last}\n${block}`
  }
  return programs
}

/** Runs a program in a folder of its own with a photo.jpg beside it, where it finds every package. */
async function runProgram(program: string): Promise<string> {
  const folder = await mkdtemp(join(workspaceRoot, 'test', '.readme-'))
  try {
    const photo = { width: 800, height: 600, channels: 3, background: '#557799' } as const
    await sharp({ create: photo }).toFile(join(folder, 'photo.jpg'))
    const words = ['--conditions=@interleave/source', '--input-type=module-typescript', '-']
    return (await execa(process.execPath, words, { cwd: folder, input: program })).stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const python = await findPython()
const noPython = 'problem' in python ? python.problem : undefined

describe('shown programs', () => {
  it('the one at the top runs as it stands', async () => {
    expect(await runProgram(programsOf(readme)[0] ?? '')).toMatch(/^s0000-g0000\.r0 \w+ [01]\n/)
  })

  const programs = readdirSync(join(workspaceRoot, 'packages')).flatMap((name) => {
    const page = readFileSync(join(workspaceRoot, 'packages', name, 'README.md'), 'utf8')
    return programsOf(page).map((program, index) => [name, index + 1, program] as const)
  })
  it.for(programs)('that of %s runs as it stands (%i)', async ([, , program], { skip }) => {
    skip(program.includes('python()') && noPython !== undefined, noPython)
    await runProgram(program)
  })

  it('every package but the command line shows one', () => {
    expect(
      readdirSync(join(workspaceRoot, 'packages')).filter((name) => programs.every(([other]) => other !== name)),
    ).toEqual(['cli'])
  })
})

describe('what the README names is there', () => {
  it.each(matches(/(?:^|`)npm (?:run )?(\w[\w:-]*)/gm).filter((name) => !['install', 'i', 'exec'].includes(name)))(
    'npm run %s',
    (name) => {
      expect(Object.keys(scripts)).toContain(name)
    },
  )

  it.each(matches(/^(\.ci\/\S+)/gm))('%s can be run', (file) => {
    accessSync(join(workspaceRoot, file), constants.X_OK)
  })

  it.each(matches(/^\| `([^`*]+\/)` +\|/gm))('folder %s', (folder) => {
    expect(existsSync(join(workspaceRoot, folder))).toBe(true)
  })

  it.each(matches(/\]\((?!https?:|#)([^)#]+)/g))('link to %s', (file) => {
    expect(existsSync(join(workspaceRoot, file))).toBe(true)
  })

  it('and the two commands are among it', () => {
    expect(matches(/^npm (run demo|test)\b/gm)).toEqual(['run demo', 'test'])
  })
})
