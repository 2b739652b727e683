import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { differences, openTemplates, tokenizerFolder } from './compare.ts'
import { readGolden } from './golden-file.ts'

const noTemplates = 3
const python = process.env['INTERLEAVE_TRANSFORMERS_PYTHON'] ?? 'python3'
const probe = await execa(python, ['-c', 'import transformers, tokenizers, PIL'], { reject: false })

it('new conversations have the ids that transformers gives them here', async ({ skip }) => {
  skip(
    probe.exitCode !== 0,
    `${python} has no transformers and pillow. Install them there, or name another Python in INTERLEAVE_TRANSFORMERS_PYTHON.`,
  )
  const folder = await mkdtemp(join(tmpdir(), 'golden-'))
  try {
    const file = join(folder, 'golden.jsonl')
    const script = join(import.meta.dirname, 'make_golden.py')
    const words = [script, file, '--tokenizer', tokenizerFolder, '--seed', '2', '--count', '120']
    const made = await execa(python, words, { reject: false })
    skip(made.exitCode === noTemplates, `The published templates could not be downloaded: ${made.stderr.slice(-300)}`)
    expect(made.exitCode, made.stderr.slice(-2000)).toBe(0)
    const golden = await readGolden(file)
    const templates = await openTemplates()
    expect(golden.cases.flatMap((given) => differences(golden, given, templates[given.model]))).toEqual([])
    expect(golden.cases).toHaveLength(120)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
