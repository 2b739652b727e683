import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { findPython } from '@interleave/code-interpreter/environment'
import { ingestImage } from '@interleave/image-zoom/ingest'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { command, interleave, scratch } from './interleave.ts'

const python = await findPython()
const obstacle =
  'problem' in python ? python.problem : python.missing.map((library) => `${library} is missing`).join(', ')

const lines = (text: string): string[] => text.split('\n')
const whole = '{"bbox_2d": [0, 0, 1000, 1000], "label": "all"}'

/** A picture of one colour. */
async function picture(file: string, background: string): Promise<string> {
  await sharp({ create: { width: 300, height: 200, channels: 3, background } })
    .png()
    .toFile(file)
  return file
}

/** A module that exports what the code says, with `defineTool` and `z` at hand. */
async function toolModule(file: string, code: string): Promise<string> {
  const from = (name: string): string => JSON.stringify(import.meta.resolve(name))
  await writeFile(
    file,
    `import { z } from ${from('zod')}\nimport { defineTool } from ${from('@interleave/tool')}\n${code}`,
  )
  return file
}

const echo = `export const tool = defineTool({ name: 'echo', description: 'Says it again.', input: z.object({ text: z.string().default('nothing') }),
  run: ({ text }, call) => text + ' ' + call.images.length + ' ' + call.random() })`

describe('interleave tool', () => {
  it('lists the tools with what they do', async () => {
    const { exitCode, stdout } = await interleave(['tool'])
    expect(exitCode).toBe(0)
    for (const name of ['python', 'javascript', 'image_zoom_in']) expect(stdout).toMatch(new RegExp(`^${name}\\b`, 'm'))
    expect(stdout).toMatch(/^image_zoom_in\n {2}Crop a region of an image/m)
    const listed = lines((await interleave(['tool', '--json'])).stdout).map((line) => JSON.parse(line) as object)
    expect(listed).toHaveLength(3)
    expect(listed[2]).toMatchObject({ name: 'image_zoom_in', input: { type: 'object' } })
  })

  it('takes images in, in order, and writes those of the result', async () => {
    await using place = await scratch()
    const red = await picture(path.join(place.folder, 'red.png'), '#f00')
    const blue = await picture(path.join(place.folder, 'blue.png'), '#00f')
    const out = path.join(place.folder, 'deep', 'out')
    const call = ['tool', 'image_zoom_in', '{"bbox_2d": [100, 100, 500, 500], "label": "x", "img_idx": 1}']
    const images = ['--image', red, `--image=${blue}`]
    const kept = await interleave([...call, ...images, '--out', out])
    expect(kept).toEqual({
      exitCode: 0,
      stdout: 'Image 2 is the zoomed region of image 1; to zoom into it use img_idx 2.',
      stderr: `1 image: ${path.join(out, 'image-1.png')}`,
    })
    expect(await readdir(out)).toEqual(['image-1.png'])
    const bytes = await readFile(path.join(out, 'image-1.png'))
    const [, green, blueness] = (await sharp(bytes).stats()).channels.map(({ mean }) => mean)
    expect([green, blueness]).toEqual([0, 255])

    expect((await interleave([...call, ...images])).stderr).toBe('1 image; --out FOLDER keeps them.')
    const { hash } = await ingestImage(bytes)
    const json = await interleave([...call, ...images, '--json'])
    expect(lines(json.stdout)).toHaveLength(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'ok',
      tool: 'image_zoom_in',
      content: [{ type: 'text' }, { type: 'image', hash }],
      value: { source: 1 },
    })
  })

  it('shows an error of the tool as the model sees it, and fails', async () => {
    const failed = await interleave(['tool', 'image_zoom_in', whole])
    expect(failed).toEqual({
      exitCode: 1,
      stdout: 'Error: img_idx 0 is no image: there are no images.',
      stderr: 'interleave tool: image_zoom_in answered with the error bad_image_index.',
    })
    const json = await interleave(['tool', 'image_zoom_in', '{}', '--json'])
    expect(json.exitCode).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'error', error: { code: 'invalid_input' } })
  })

  it('calls the tool of a module, with arguments from stdin and a seed', async () => {
    await using place = await scratch()
    const file = await toolModule(path.join(place.folder, 'echo.mjs'), echo)
    const call = async (...words: string[]): Promise<string> =>
      (await interleave(['tool', file, '-', ...words], { input: '{"text": "hello"}\n' })).stdout
    const first = await call()
    expect(first).toMatch(/^hello 0 0\.\d+$/)
    expect(await call('--seed', '1')).toBe(first)
    expect(await call('--seed', '2')).not.toBe(first)
    expect((await interleave(['tool', file])).stdout).toMatch(/^nothing 0 /)
  })

  it('disposes a tool that keeps something, also when a call fails', async () => {
    await using place = await scratch()
    const file = await toolModule(
      path.join(place.folder, 'kept.mjs'),
      `import { writeFileSync } from 'node:fs'
       const made = defineTool({ name: 'kept', description: '', input: z.object({ bad: z.boolean().default(false) }), run({ bad }) { if (bad) throw new Error('broken'); return 'fine' } })
       export const tool = { ...made, async [Symbol.asyncDispose]() { writeFileSync(process.env.GONE, 'gone') } }`,
    )
    for (const [input, exitCode] of [
      ['{}', 0],
      ['{"bad": true}', 1],
    ] as const) {
      const gone = path.join(place.folder, `gone-${exitCode}`)
      process.env['GONE'] = gone
      expect((await interleave(['tool', file, input])).exitCode).toBe(exitCode)
      expect(await readFile(gone, 'utf8')).toBe('gone')
    }
  })

  it('ends at Ctrl-C, in order', async () => {
    await using place = await scratch()
    const file = await toolModule(
      path.join(place.folder, 'slow.mjs'),
      `import { setTimeout } from 'node:timers/promises'
       export const tool = defineTool({ name: 'slow', description: '', input: z.object({}), async run(_, { signal }) {
         process.stderr.write('running\\n')
         await setTimeout(600_000, undefined, { signal })
         return '' } })`,
    )
    const [program, ...first] = command
    const child = spawn(program, [...first, 'tool', file], { stdio: ['ignore', 'ignore', 'pipe'] })
    const closed = once(child, 'close')
    child.stderr.once('data', () => child.kill('SIGINT'))
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    expect((await closed)[0]).toBe(130)
    expect(stderr).toBe('running\ninterleave: interrupted.\n')
  })

  it.each([
    [['paint'], 2, /There is no tool "paint"\. The tools are python, javascript, image_zoom_in/],
    [['toString'], 2, /There is no tool "toString"/],
    [['image_zoom_in', '{"bbox'], 2, /is not JSON/],
    [['image_zoom_in', whole, '--seed', 'x'], 2, /--seed takes a whole number/],
    [['image_zoom_in', whole, '--image'], 2, /--image takes a value/],
    [['image_zoom_in', whole, '--image', '--json'], 2, /--image takes a value/],
    [['image_zoom_in', whole, '--image', 'nowhere.png'], 1, /Could not read nowhere\.png/],
    [['image_zoom_in', whole, '--image', 'package.json'], 1, /package\.json is of no known format/],
    [['nowhere.ts', '{}'], 1, /There is no file nowhere\.ts/],
    [['image_zoom_in', whole, 'more'], 2, /"more" is one word too many/],
  ])('answers %j with one line', async (words, code, message) => {
    const { exitCode, stderr, stdout } = await interleave(['tool', ...words])
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
    expect(stderr).toMatch(message)
    expect(lines(stderr)).toHaveLength(1)
  })

  it('refuses a module with no tool or with several', async () => {
    await using place = await scratch()
    const none = await toolModule(path.join(place.folder, 'none.mjs'), 'export const x = z.string()')
    expect((await interleave(['tool', none])).stderr).toMatch(/none\.mjs exports no tool: make one by defineTool\.$/)
    const same = await toolModule(path.join(place.folder, 'same.mjs'), `${echo}\nexport { tool as again }`)
    expect((await interleave(['tool', same])).exitCode).toBe(0)
    const two = await toolModule(path.join(place.folder, 'two.mjs'), `${echo}\nexport const other = { ...tool }`)
    expect((await interleave(['tool', two])).stderr).toMatch(/two\.mjs exports other, tool; /)
  })
})

describe('interleave tool javascript', () => {
  it('shows the value of the last expression', async () => {
    const { exitCode, stderr, stdout } = await interleave([
      'tool',
      'javascript',
      '{"code": "[1, 2, 3].reduce((a, b) => a + b, 9)"}',
    ])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('15')
  })
})

describe.skipIf(obstacle !== '')(`interleave tool python ${obstacle}`, () => {
  it('shows the value of the last expression', async () => {
    const code = 'import numpy as np; np.arange(6).reshape(2,3).sum()'
    const { exitCode, stderr, stdout } = await interleave(['tool', 'python', JSON.stringify({ code })])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('15')
  })

  it('has the images at hand, and its figures are kept', async () => {
    await using place = await scratch()
    const red = await picture(path.join(place.folder, 'red.png'), '#f00')
    const out = path.join(place.folder, 'out')
    const code = 'import matplotlib.pyplot as plt\nprint(image_1.size)\nplt.plot([1, 2])\nplt.show()'
    const words = ['tool', 'python', JSON.stringify({ code }), '--image', red, '--out', out]
    const { exitCode, stderr, stdout } = await interleave(words)
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('(300, 200)')
    expect(await readdir(out)).toEqual(['image-1.png'])
  })

  it('shows an exception of the code, and fails', async () => {
    const { exitCode, stderr, stdout } = await interleave(['tool', 'python', '{"code": "1 / 0"}'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('ZeroDivisionError')
    expect(lines(stderr)).toHaveLength(1)
  })
})

describe('interleave doctor', () => {
  it('says which Python there is, and what one lacks that was named', async () => {
    await using place = await scratch()
    const fake = path.join(place.folder, 'python')
    const facts = {
      command: fake,
      base: fake,
      folders: [],
      implementation: 'cpython',
      version: '3.12.1',
      lacking: ['numpy', 'scipy'],
    }
    await writeFile(fake, `#!/bin/sh\necho '${JSON.stringify(facts)}'\n`, { mode: 0o755 })
    const found = async (variable: string): Promise<{ exitCode: number | undefined; finding: unknown }> => {
      const before = process.env['INTERLEAVE_PYTHON']
      process.env['INTERLEAVE_PYTHON'] = variable
      const { exitCode, stdout } = await interleave(['doctor', '--json'])
      if (before === undefined) delete process.env['INTERLEAVE_PYTHON']
      else process.env['INTERLEAVE_PYTHON'] = before
      const { findings } = JSON.parse(stdout) as { findings: { part: string }[] }
      return { exitCode, finding: findings.find(({ part }) => part === 'Python') }
    }
    expect(await found(fake)).toEqual({
      exitCode: 1,
      finding: {
        part: 'Python',
        state: 'missing',
        detail: `3.12.1, ${fake}, named by INTERLEAVE_PYTHON.`,
        advice: `numpy is missing: ${fake} -m pip install numpy\nscipy is missing: ${fake} -m pip install scipy`,
      },
    })
    expect(await found(path.join(place.folder, 'none'))).toMatchObject({
      exitCode: 1,
      finding: { state: 'missing', detail: expect.stringContaining('there is no such program') },
    })
    const own = await found('')
    expect(own.exitCode).toBe(0)
    expect(own.finding).toMatchObject({ state: 'problem' in python ? 'optional' : 'works' })
  })
})
