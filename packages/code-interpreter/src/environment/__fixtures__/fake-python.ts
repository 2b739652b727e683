import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { InterpreterFacts } from '../probe-interpreter.ts'

/** A program that answers as a Python does, and counts how often it was started. */
export async function fakePython(
  file: string,
  facts: Partial<InterpreterFacts> = {},
): Promise<{ program: string; starts: () => Promise<number> }> {
  const whole: InterpreterFacts = {
    command: file,
    base: file,
    folders: [path.dirname(file)],
    implementation: 'cpython',
    version: '3.12.1',
    lacking: [],
    ...facts,
  }
  await mkdir(path.dirname(file), { recursive: true })
  const log = `${file}.starts`
  await writeFile(log, '')
  await writeFile(
    file,
    `#!/bin/sh\necho start >> '${log}'\necho 'hello from a site customisation'\necho '${JSON.stringify(whole)}'\n`,
    {
      mode: 0o755,
    },
  )
  return { program: file, starts: async () => (await readFile(log, 'utf8')).split('\n').length - 1 }
}
