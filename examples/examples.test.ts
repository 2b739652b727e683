import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolloutSourceChecks } from '@interleave/axpo/testing'
import { policyChecks } from '@interleave/policy/testing'
import { toolChecks } from '@interleave/tool/testing'
import { runChecks, type Check } from '@interleave/trajectory/testing'
import { verifierChecks } from '@interleave/verifier/testing'
import { execa } from 'execa'
import { describe, expect, expectTypeOf, test } from 'vitest'
import * as customTool from './custom-tool.ts'
import * as customVerifier from './custom-verifier.ts'
import * as environment from './environment.ts'
import * as policyDriver from './policy-driver.ts'
import * as rolloutSource from './rollout-source.ts'

const folder = import.meta.dirname
const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
const programs = ['custom-tool.ts', 'custom-verifier.ts', 'environment.ts', 'policy-driver.ts', 'rollout-source.ts']
const subjects = [...programs, 'clerk.ts']

async function run(...words: string[]): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const options = { cwd: folder, reject: false } as const
  const { exitCode, stderr, stdout } = await execa(
    process.execPath,
    ['--conditions=@interleave/source', ...words],
    options,
  )
  return { exitCode, stderr, stdout }
}

test('what runs by itself is listed here', () => {
  const running = files.filter((file) => readFileSync(join(folder, file), 'utf8').includes('import.meta.main'))
  expect(running.toSorted()).toEqual(programs)
})

test.each(programs)('%s runs, and prints the same each time', async (file) => {
  const first = await run(file)
  expect(first).toMatchObject({ exitCode: 0, stderr: '' })
  expect(first.stdout).not.toBe('')
  expect(await run(file)).toEqual(first)
})

test.each(programs)('%s is in the README with its command', (file) => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  expect(readme).toContain(`\nnode --conditions=@interleave/source examples/${file}\n`)
})

test.each(files)('%s has fewer than 60 lines, none of them long', (file) => {
  const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')
  expect(lines.length).toBeLessThan(60)
  expect(lines.filter((line) => line.length > 120)).toEqual([])
})

test.each(subjects)('interleave check %s', async (file) => {
  const { exitCode, stderr, stdout } = await run('../packages/cli/src/main.ts', 'check', file)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/^ {2}ok /m)
})

describe('the conformance suite of each kind', () => {
  const { source } = environment
  const suites: [string, Check[]][] = [
    ['tool', toolChecks(customTool.ledger, customTool.checks)],
    ['verifier', verifierChecks(customVerifier.withinTolerance, customVerifier.checks)],
    ['policy', policyChecks(policyDriver.policy, policyDriver.checks)],
    ['rollout source', rolloutSourceChecks(rolloutSource.source, rolloutSource.checks)],
    ['environment', rolloutSourceChecks(source, environment.checks)],
  ]
  test.each(suites)('%s', async (_kind, suite) => {
    const results = await runChecks(suite)
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
    expect(results.filter(({ status }) => status === 'passed').length).toBeGreaterThan(5)
  })
})

test('a wrong reference, argument or value is a compile error', () => {
  const { withinTolerance } = customVerifier
  expectTypeOf<Parameters<typeof withinTolerance.verify>[1]>().toEqualTypeOf<{ value: number; tolerance: number }>()
  expectTypeOf<Parameters<typeof customTool.ledger.run>[0]>().toEqualTypeOf<{ item: string; quantity: number }>()
  const neverCalled = (): void => {
    const { signal } = new AbortController()
    // @ts-expect-error the reference is not a number alone
    void withinTolerance.verify({ text: '3' }, 3, { signal })
    // @ts-expect-error a number, not its text
    void withinTolerance.examples?.({ value: '3', tolerance: 0 })
  }
  expect(neverCalled).toBeTypeOf('function')
})
