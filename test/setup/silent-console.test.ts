import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { workspaceRoot } from '../packages/workspace.ts'

const reportSchema = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ title: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
})

let folder = ''
let file = ''
let report: z.infer<typeof reportSchema>

// Vitest over the fixtures, with the workspace's own configuration and in each of its projects.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave-fixtures-'))
  file = join(folder, 'report.json')
  const fixtures = 'test/setup/__fixtures__/vitest.config.ts'
  await execa('vitest', ['run', '--root', '.', '--config', fixtures, '--reporter=json', `--outputFile.json=${file}`], {
    cwd: workspaceRoot,
    preferLocal: true,
    reject: false,
  })
  report = reportSchema.parse(JSON.parse(await readFile(file, 'utf8')))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const files = (name: string): typeof report.testResults =>
  report.testResults.filter((result) => result.name.endsWith(`${name}.fixture.ts`))
const verdicts = (title: string): string[][] =>
  files('prints')
    .flatMap((result) => result.assertionResults)
    .filter((test) => test.title === title)
    .map(({ status, failureMessages }) => [status, ...failureMessages.map((text) => text.split('\n')[0] ?? '')])
const inEveryProject = <T>(value: T): T[] => [value, value, value]

describe('a test fails for what it prints', () => {
  it.each([
    ['comes first', 'console.info: while loading'],
    ['prints', 'console.warn: something 42'],
    ['warns', 'warning: too many listeners'],
  ])('%s', (title, printed) => {
    expect(verdicts(title)).toEqual(
      inEveryProject(['failed', `AssertionError: expected [ '${printed}' ] to deeply equal []`]),
    )
  })

  it('after the last one, it is the file that fails', () => {
    expect(files('ends').map(({ status }) => status)).toEqual(inEveryProject('failed'))
    expect(files('ends').map(({ message }) => message)).toEqual(
      inEveryProject(expect.stringContaining('console.table: at the end')),
    )
  })

  it('and one that is silent passes', () => {
    expect(verdicts('is silent')).toEqual(inEveryProject(['passed']))
  })
})

it('every project runs on source', () => {
  expect(verdicts('runs on source')).toEqual(inEveryProject(['passed']))
})

describe('.ci/run counts', () => {
  const count = async (path: string): Promise<string> =>
    (await execa(process.execPath, [join(workspaceRoot, '.ci/count-tests.cjs'), path])).stdout

  it('tests, and files that failed without a failed test', async () => {
    // In each of three projects: three tests that print, a file that does not load, and one that prints at its end.
    expect(await count(file)).toBe('9 15 3')
  })

  it('a run that failed outside of any file, and one that left no report', async () => {
    const path = join(folder, 'unhandled.json')
    const counts = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 }
    await writeFile(path, JSON.stringify({ ...counts, success: false, testResults: [] }))
    expect(await count(path)).toBe('3 1 2')
    await writeFile(path, JSON.stringify({ ...counts, success: true, testResults: [] }))
    expect(await count(path)).toBe('3 0 2')
    expect(await count(join(folder, 'absent.json'))).toBe('0 1 0')
  })
})
