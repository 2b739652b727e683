import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { folderMediaStore, lintFiles, memoryMediaStore, type FileFinding } from '@interleave/trajectory'
import {
  exampleContinuation,
  exampleCredit,
  exampleGroup,
  exampleImages,
  exampleTrajectory,
} from '@interleave/trajectory/testing'
import { describe, expect, it } from 'vitest'
import { keepSteps, type KeptStep } from './kept-steps.ts'

const { crop, picture } = exampleImages()
const media = memoryMediaStore([crop, picture])

/** A step of one group: a rollout and its continuation. The ids of a second step begin otherwise. */
function stepOf(name: string): KeptStep {
  const source = exampleTrajectory({ id: `${name}.r0`, group: { id: name, index: 0 } })
  const continuation = exampleContinuation(source, { id: `${name}.r0.c0`, group: { id: name, index: 0 } })
  const [resampled] = exampleGroup().continuations
  const continuations = [{ ...resampled!, source: source.id, trajectories: [continuation.id] }]
  return {
    trajectories: [source, continuation],
    credit: [exampleCredit(source, 1), exampleCredit(continuation, 0.5)],
    groups: [{ ...exampleGroup(), id: name, rollouts: [source.id], continuations }],
  }
}

const lint = (folder: string): Promise<FileFinding[]> =>
  Array.fromAsync(
    lintFiles({
      trajectories: path.join(folder, 'trajectories.jsonl'),
      credit: path.join(folder, 'credit.jsonl'),
      groups: path.join(folder, 'groups.jsonl'),
      media: folderMediaStore(path.join(folder, 'media')),
    }),
  )

async function idsIn(folder: string, name: string): Promise<unknown[]> {
  const text = await readFile(path.join(folder, name), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: unknown }).id)
}

describe('keepSteps', () => {
  it('writes steps with their images so that lint finds nothing', async () => {
    await using place = await mkdtempDisposable(path.join(tmpdir(), 'interleave-kept-'))
    const folder = path.join(place.path, 'trajectories', 'AXPO')
    await keepSteps(folder, [stepOf('first'), stepOf('last')], media)
    expect(await lint(folder)).toEqual([])
    expect(await idsIn(folder, 'trajectories.jsonl')).toEqual(['first.r0', 'first.r0.c0', 'last.r0', 'last.r0.c0'])
    expect(await idsIn(folder, 'groups.jsonl')).toEqual(['first', 'last'])
    const files = await readdir(path.join(folder, 'media'), { recursive: true, withFileTypes: true })
    expect(files.filter((entry) => entry.isFile())).toHaveLength(2)
  })

  it('replaces what an earlier call left', async () => {
    await using place = await mkdtempDisposable(path.join(tmpdir(), 'interleave-kept-'))
    const folder = path.join(place.path, 'AXPO')
    await keepSteps(folder, [stepOf('first'), stepOf('last')], media)
    await keepSteps(folder, [stepOf('other')], media)
    expect(await lint(folder)).toEqual([])
    expect(await idsIn(folder, 'trajectories.jsonl')).toEqual(['other.r0', 'other.r0.c0'])
  })

  it('rejects where an image is not in the store', async () => {
    await using place = await mkdtempDisposable(path.join(tmpdir(), 'interleave-kept-'))
    await expect(
      keepSteps(path.join(place.path, 'AXPO'), [stepOf('first')], memoryMediaStore([picture])),
    ).rejects.toThrow(crop.hash)
  })
})
