import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { interleave, scratch } from './interleave.ts'

/** A folder of two photographs and some questions about them, as a user would bring it. */
async function photographs(folder: string): Promise<string> {
  const photos = path.join(folder, 'photos')
  await mkdir(photos, { recursive: true })
  for (const [name, colour] of [
    ['street.jpg', '#446688'],
    ['table.png', '#997744'],
  ] as const)
    await sharp({ create: { width: 1200, height: 900, channels: 3, background: colour } }).toFile(
      path.join(photos, name),
    )
  const rows = [
    { id: 'sign', image: 'street.jpg', question: 'What does the sign say?', answer: 'STOP' },
    {
      id: 'cups',
      image: 'table.png',
      question: 'How many cups are on the table?',
      options: ['2', '3', '4'],
      answer: '3',
    },
    {
      id: 'both',
      images: ['street.jpg', 'table.png'],
      question: 'Which is brighter, <image1> or <image2>?',
      answer: 'table',
    },
  ]
  const file = path.join(photos, 'questions.jsonl')
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return file
}

/** A small file that would decode to 110 megapixels. */
async function hugeImage(file: string): Promise<void> {
  const side = { width: 10_500, height: 10_500 }
  await sharp({ create: { ...side, channels: 3, background: '#000' } })
    .toColourspace('b-w')
    .png()
    .toFile(file)
}

const sample = (file: string, out: string, ...more: string[]): ReturnType<typeof interleave> =>
  interleave(['sample', file, '--out', out, ...more])

describe('interleave sample', () => {
  it('makes a clean run of a folder of photographs, and says the same with --json', async () => {
    await using place = await scratch()
    const file = await photographs(place.folder)
    const out = path.join(place.folder, 'run')
    const { exitCode, stderr, stdout } = await sample(file, out, '--batch-size', '2')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const lines = stdout.split('\n')
    expect(lines.map((line) => line.trim().split(/ {2,}/)[0])).toEqual(['step', '0', '1'])
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
    expect(await interleave(['lint', out])).toMatchObject({ exitCode: 0, stdout: `${out} is clean` })
    expect((await readdir(out)).toSorted()).toEqual([
      'credit.jsonl',
      'groups.jsonl',
      'journal.jsonl',
      'media',
      'metrics.jsonl',
      'run.json',
      'trajectories.jsonl',
    ])
    const again = path.join(place.folder, 'again')
    const json = await sample(file, again, '--batch-size', '2', '--json')
    const steps = json.stdout.split('\n').map((line) => JSON.parse(line) as { diagnostics: { questions: number } })
    expect(steps.map(({ diagnostics }) => diagnostics.questions)).toEqual([2, 1])
  })

  it('refuses a folder that holds a run, and another configuration on resume', async () => {
    await using place = await scratch()
    const file = await photographs(place.folder)
    const out = path.join(place.folder, 'run')
    expect((await sample(file, out, '--ids', 'sign')).exitCode).toBe(0)
    expect((await sample(file, out, '--ids', 'sign')).stderr).toMatch(/already holds a run/)
    expect((await sample(file, out, '--ids', 'sign', '--resume', '--seed', '5')).stderr).toMatch(
      /seed was 0 and is now 5/,
    )
    expect((await sample(file, out, '--ids', 'sign', '--resume', '--text-only')).stderr).toMatch(
      /questions\.images was/,
    )
    expect((await sample(file, out, '--ids', 'sign', '--resume')).stderr).toMatch(/complete already/)
  })

  it.each([
    ['no JSON', '{"question": ', /:2: /],
    ['no answer', '{"question": "Why?"}', /:2: answer: is missing/],
    [
      'a missing image',
      '{"question": "Why?", "answer": "x", "image": "gone.jpg"}',
      /:2: there is no image .*gone\.jpg/,
    ],
    [
      'an id that stands twice',
      '{"id": "sign", "question": "Why?", "answer": "x"}',
      /:2: the id "sign" stands in line 1/,
    ],
    ['an answer that is no option', '{"question": "Why?", "options": ["a", "b"], "answer": "z"}', /:2: answer: "z"/],
    [
      'a text for an image',
      '{"question": "Why?", "answer": "x", "image": "questions.jsonl"}',
      /:2: .*questions\.jsonl: /,
    ],
  ])('names file and line of a row with %s, and leaves it out on request', async (_, row, message) => {
    await using place = await scratch()
    const file = await photographs(place.folder)
    const [first] = (await readFile(file, 'utf8')).split('\n')
    await writeFile(file, `${first}\n${row}\n`)
    if (row.includes('huge')) await hugeImage(path.join(place.folder, 'photos', 'huge.png'))
    const out = path.join(place.folder, 'run')
    const refused = await sample(file, out)
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toMatch(message)
    expect(refused.stderr.split('\n')).toHaveLength(1)
    const skipped = await sample(file, path.join(place.folder, 'other'), '--skip-bad', '--json')
    expect(skipped.exitCode).toBe(0)
    expect(skipped.stderr).toMatch(/^skipped: /)
    expect(JSON.parse(skipped.stdout)).toMatchObject({ diagnostics: { questions: 1 } })
  })

  it('asks for ids that are there', async () => {
    await using place = await scratch()
    const file = await photographs(place.folder)
    expect((await sample(file, path.join(place.folder, 'run'), '--ids', 'sign,moon')).stderr).toMatch(
      /no row with the id "moon"/,
    )
  })
})

describe('interleave lint on a changed copy of a run', () => {
  it('names file, line and rule', async () => {
    await using place = await scratch()
    const file = await photographs(place.folder)
    const out = path.join(place.folder, 'run')
    await sample(file, out)
    const change = async (name: string, edit: (text: string) => string, rule: RegExp): Promise<void> => {
      const copy = path.join(place.folder, 'copy')
      await cp(out, copy, { recursive: true, force: true })
      const target = path.join(copy, name)
      await writeFile(target, edit(await readFile(target, 'utf8')))
      const { exitCode, stdout } = await interleave(['lint', copy])
      expect(exitCode).toBe(1)
      expect(stdout).toMatch(rule)
    }
    await change('trajectories.jsonl', (text) => text.slice(0, -200), /trajectories\.jsonl:\d+: readable-line/)
    await change(
      'trajectories.jsonl',
      (text) => text.replace('"logprobs":[', '"logprobs":[-1,'),
      /trajectories\.jsonl:1: logprobs-match/,
    )
    await change(
      'credit.jsonl',
      (text) => text.replace('"start":', '"start":1'),
      /credit\.jsonl:\d+: credit-on-sampled/,
    )
    await change('groups.jsonl', (text) => text.replace('.r0"', '.r99"'), /groups\.jsonl:1: /)
    const [shelf] = await readdir(path.join(out, 'media'))
    const [image] = await readdir(path.join(out, 'media', shelf!))
    await change(path.join('media', shelf!, image!), () => 'not this', /media-(hash|present)/)
  })
})
