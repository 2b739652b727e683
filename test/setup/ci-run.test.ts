import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { workspaceRoot } from '../packages/workspace.ts'

const passing = { setup: 'true', build: 'true', lint: 'true', format: 'true', types: 'true', unused: 'true' }

// Stands for vitest: writes the counts of its first argument as a report.
const fakeVitest = `
  const [counts, ...options] = process.argv.slice(2)
  const [numPassedTests, numFailedTests, numPendingTests] = counts.split(',').map(Number)
  const file = options.find((option) => option.startsWith('--outputFile.json=')).split('=')[1]
  const report = { numPassedTests, numFailedTests, numPendingTests, numTodoTests: 0, success: numFailedTests === 0 }
  require('node:fs').writeFileSync(file, JSON.stringify({ ...report, testResults: [] }))
  process.exitCode = numFailedTests === 0 ? 0 : 1
`
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave ci '))
  await mkdir(join(folder, '.ci'))
  for (const file of ['run', 'count-tests.cjs'])
    await copyFile(join(workspaceRoot, '.ci', file), join(folder, '.ci', file))
  await chmod(join(folder, '.ci/run'), 0o755)
  await writeFile(join(folder, 'fake-vitest.cjs'), fakeVitest)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function runCi(scripts: Record<string, string>): Promise<{ exitCode: number | undefined; last: string }> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'ci', scripts }))
  const run = await execa(join(folder, '.ci/run'), { cwd: tmpdir(), reject: false })
  return { exitCode: run.exitCode, last: run.stdout.trimEnd().split('\n').at(-1) ?? '' }
}

it.each([
  { name: 'all is well', scripts: {}, tests: '5,0,0', exitCode: 0, last: '11 passed, 0 failed' },
  { name: 'tests are skipped', scripts: {}, tests: '5,0,2', exitCode: 0, last: '11 passed, 0 failed, 2 skipped' },
  { name: 'a test fails', scripts: {}, tests: '4,1,0', exitCode: 1, last: '10 passed, 1 failed' },
  {
    name: 'checks fail',
    scripts: { lint: 'false', types: 'false' },
    tests: '5,0,0',
    exitCode: 1,
    last: '9 passed, 2 failed',
  },
  {
    name: 'the build fails, for which npm test would not start',
    scripts: { build: 'false', pretest: 'false' },
    tests: '5,0,0',
    exitCode: 1,
    last: '10 passed, 1 failed',
  },
  { name: 'tests leave no report', scripts: { test: 'true' }, tests: '', exitCode: 1, last: '6 passed, 1 failed' },
  {
    name: 'tests cannot start',
    scripts: { pretest: 'false' },
    tests: '5,0,0',
    exitCode: 1,
    last: '6 passed, 1 failed',
  },
  { name: 'the set-up fails', scripts: { setup: 'false' }, tests: '5,0,0', exitCode: 1, last: '0 passed, 1 failed' },
])('.ci/run when $name: $last', async ({ scripts, tests, exitCode, last }) => {
  const test = `node fake-vitest.cjs ${tests}`
  expect(await runCi({ ...passing, packages: 'true', test, ...scripts })).toEqual({ exitCode, last })
})
