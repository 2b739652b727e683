import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
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

describe('the program at the top', () => {
  it('runs as it stands', async () => {
    const program = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    const words = ['--conditions=@interleave/source', '--input-type=module-typescript', '-']
    const { stdout } = await execa(process.execPath, words, { cwd: join(workspaceRoot, 'examples'), input: program })
    expect(stdout).toMatch(/^s0000-g0000\.r0 \w+ [01]\n/)
  })
})

describe('the programs of the package READMEs', () => {
  const programs = readdirSync(join(workspaceRoot, 'packages')).flatMap((name) => {
    const text = readFileSync(join(workspaceRoot, 'packages', name, 'README.md'), 'utf8')
    const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
    return blocks.filter((block) => block.startsWith('import ')).map((block, index) => [name, index, block] as const)
  })
  it.each(programs)('%s, program %i, runs as it stands', async (_name, _index, program) => {
    const words = ['--conditions=@interleave/source', '--input-type=module-typescript', '-']
    await execa(process.execPath, words, { cwd: join(workspaceRoot, 'test'), input: program })
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
