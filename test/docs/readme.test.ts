import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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
