import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { interleave, scratch } from './interleave.ts'

const verbs = ['demo', 'sample', 'axpo plan', 'axpo credit', 'lint', 'check', 'score', 'doctor', 'tool']

describe('the command line', () => {
  it('lists its verbs, and says more of each', async () => {
    const { exitCode, stdout } = await interleave(['--help'])
    expect(exitCode).toBe(0)
    for (const verb of verbs) expect(stdout).toContain(`  ${verb}`)
    expect((await interleave(['axpo'])).stdout).toContain('axpo plan')
    for (const verb of verbs) {
      const help = await interleave([...verb.split(' '), '--help'])
      expect(help).toMatchObject({ exitCode: 0, stderr: '' })
      expect(help.stdout).toContain(`Usage: interleave ${verb}`)
      expect(help.stdout).toContain('--json')
    }
  })

  it.each([
    [['paint'], 2, /there is no verb "paint"/],
    [['lint'], 2, /RUN|run/],
    [['lint', 'a', 'b'], 2, /"b" is one word too many/],
    [['sample', 'q.jsonl', '--out', 'x', '--batchsize', '3'], 2, /no option "--batchsize"/],
    [['sample', 'q.jsonl', '--out', 'x', '--seed', 'two'], 2, /--seed takes a whole number/],
    [['sample', 'q.jsonl', '--out', 'x', '--variant', 'best'], 2, /variant.*axpo/],
    [['sample', 'nowhere.jsonl', '--out', 'x'], 1, /nowhere\.jsonl/],
    [['demo', '--questions', '8'], 2, /no option "--questions"/],
    [['demo', '--runs', '0'], 2, /--runs takes a whole number from 1/],
    [['demo', '--steps', 'few'], 2, /--steps takes a whole number from 1/],
    [['demo', '--out', 'package.json'], 1, /Could not write package\.json/],
    [['lint', 'nowhere'], 1, /There is no nowhere/],
    [['score', 'by-feel'], 2, /exact-match, multiple-choice/],
    [['check', 'nowhere.ts'], 1, /There is no file nowhere\.ts/],
  ])('answers %j with one line', async (words, code, message) => {
    const { exitCode, stderr, stdout } = await interleave(words)
    expect(exitCode).toBe(code)
    expect(stdout).toBe('')
    expect(stderr).toMatch(message)
    expect(stderr.split('\n')).toHaveLength(1)
  })

  it('says what works here', async () => {
    const { exitCode, stdout } = await interleave(['doctor', '--json'])
    expect(exitCode).toBe(0)
    const { findings } = JSON.parse(stdout) as { findings: { part: string; state: string }[] }
    expect(findings.filter(({ state }) => state === 'missing')).toEqual([])
    expect(findings.map(({ part }) => part)).toContain('Python')
    expect((await interleave(['doctor'])).stdout).toContain('embedded policy')
  })
})

describe('interleave score', () => {
  it('judges predictions line by line', async () => {
    const input = [
      '{"id": 7, "prediction": "so \\\\boxed{42}", "gold": "42"}',
      '{"prediction": "\\\\boxed{41}", "gold": "42"}',
    ].join('\n')
    const { exitCode, stderr, stdout } = await interleave(['score', 'exact-match'], { input })
    expect(exitCode).toBe(0)
    const verdicts = stdout.split('\n').map((line) => JSON.parse(line) as unknown)
    expect(verdicts).toMatchObject([
      { id: 7, line: 1, status: 'scored', score: 1, answer: '42' },
      { line: 2, status: 'scored', score: 0 },
    ])
    expect(stderr).toContain('2 rows, mean score 0.5000')
  })

  it('names the line of a gold that the verifier cannot use, after the verdicts before it', async () => {
    const input = ['{"prediction": "A", "gold": "A"}', '{"prediction": "A", "gold": "Z"}'].join('\n')
    const { exitCode, stderr, stdout } = await interleave(['score', 'multiple-choice', '--json'], { input })
    expect(exitCode).toBe(1)
    expect(stdout.split('\n')).toHaveLength(1)
    expect(stderr).toMatch(/stdin:2: gold: .*A to J/)
  })
})

describe('interleave check', () => {
  it('fails where a suite does, and says why', async () => {
    await using place = await scratch()
    const file = path.join(place.folder, 'clock.mjs')
    const code = `
      import { z } from ${JSON.stringify(import.meta.resolve('zod'))}
      import { defineTool } from ${JSON.stringify(import.meta.resolve('@interleave/tool'))}
      let calls = 0
      export const tool = defineTool({ name: 'clock', description: 'Counts calls.', input: z.object({}), run: () => String(calls++) })
      export const checks = { examples: [{}] }`
    await writeFile(file, code)
    const { exitCode, stderr, stdout } = await interleave(['check', file])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('tool tool')
    expect(stdout).toMatch(/FAIL .*(determin|same|equal)/)
    expect(stderr).toMatch(/checks? failed in/)
  })

  it('asks for the material that it lacks', async () => {
    await using place = await scratch()
    const file = path.join(place.folder, 'nothing.mjs')
    await writeFile(file, 'export const tool = { description: "", input: {}, run() {} }')
    expect((await interleave(['check', file])).stderr).toMatch(/export checks = \{ examples/)
    await writeFile(file, 'export const x = 1')
    expect((await interleave(['check', file])).stderr).toMatch(/nothing that can be checked/)
  })
})
