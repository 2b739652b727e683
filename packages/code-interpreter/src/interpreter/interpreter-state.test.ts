import type { ImageList, RegisteredImage } from '@interleave/tool'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FakeBackend } from '../__fixtures__/fake-backend.ts'
import { InterpreterState, type CellResult } from './interpreter-state.ts'

function imageList(...names: readonly string[]): ImageList {
  const images = names.map(
    (hash, index) => ({ hash, index, mime: 'image/png', width: 1, height: 1 }) as RegisteredImage,
  )
  return {
    length: images.length,
    get: (index) => images[index],
    find: (hash) => images.find((image) => image.hash === hash),
    [Symbol.iterator]: () => images.values(),
  }
}

interface More {
  readonly seed?: number
  readonly images?: readonly string[]
  readonly signal?: AbortSignal
}

const run = (state: InterpreterState, code: string, more: More = {}): Promise<CellResult> =>
  state.run(code, 1000, {
    seed: more.seed ?? 1,
    images: imageList(...(more.images ?? [])),
    signal: more.signal ?? new AbortController().signal,
  })

/** What the model would see, in one line. */
async function shown(state: InterpreterState, code: string, more: More = {}): Promise<string> {
  const { end, renewed } = await run(state, code, more)
  const text = end.kind === 'replied' ? end.reply.output : end.kind
  return renewed === undefined ? text : `${renewed}: ${text}`
}

function fresh(forks = true): { backend: FakeBackend; state: InterpreterState } {
  const backend = new FakeBackend(forks)
  return { backend, state: new InterpreterState(backend) }
}

describe('one session', () => {
  test('is opened by the first cell, goes from cell to cell, and ends with the state', async () => {
    const { backend, state } = fresh()
    expect(backend.sessions).toHaveLength(0)
    expect([await shown(state, 'a'), await shown(state, 'b')]).toEqual(['a seed 1', 'a b seed 1'])
    expect(backend.sessions).toHaveLength(1)
    await state[Symbol.asyncDispose]()
    await state[Symbol.asyncDispose]()
    expect(backend.live).toBe(0)
  })

  test('is told the seed when it changes, and each image once', async () => {
    const { backend, state } = fresh()
    await run(state, 'a', { seed: 5, images: ['x'] })
    await run(state, 'b', { seed: 5, images: ['x'] })
    await run(state, 'c', { seed: 6, images: ['x', 'y', 'z'] })
    expect(backend.cells.map(({ seed }) => seed)).toEqual([5, undefined, 6])
    expect(backend.cells.map(({ images }) => images.map(({ hash }) => hash))).toEqual([['x'], [], ['y', 'z']])
    expect(Object.hasOwn(backend.cells[1] ?? {}, 'seed')).toBe(false)
  })
})

describe('a call that was stopped', () => {
  test.each([
    ['hang', 'time_limit'],
    ['crash', 'crashed'],
    ['forge', 'protocol_violation'],
  ])('%s is undone: the next one finds what was there before, and is told so once', async (code, kind) => {
    const { backend, state } = fresh()
    await shown(state, 'a', { images: ['x'] })
    await shown(state, 'b', { images: ['x', 'y'], seed: 2 })
    expect(await shown(state, code, { images: ['x', 'y', 'z'], seed: 3 })).toBe(kind)
    expect(backend.live).toBe(0)
    const images = ['x', 'y', 'z']
    expect(await shown(state, 'c', { images, seed: 3 })).toBe('restored: a b c seed 3 x y z')
    expect(await shown(state, 'd', { images, seed: 3 })).toBe('a b c d seed 3 x y z')
    expect(backend.live).toBe(1)
    // The history again, with its seeds and images, then what the undone call had brought.
    const replay = backend.cells.slice(3, 6)
    expect(replay.map(({ code, seed, images: sent }) => [code, seed, sent.map(({ hash }) => hash)])).toEqual([
      ['a', 1, ['x']],
      ['b', 2, ['y']],
      ['c', 3, ['z']],
    ])
  })

  test('comes back where the calls before it differ in nothing but the addresses of objects', async () => {
    const { state } = fresh()
    await shown(state, 'object')
    await shown(state, 'hang')
    expect(await shown(state, 'a')).toBe('restored: object a seed 1')
  })

  test('the first of all leaves an empty session, and says so', async () => {
    const { state } = fresh()
    expect(await shown(state, 'crash')).toBe('crashed')
    expect(await shown(state, 'a')).toBe('emptied: a seed 1')
  })

  test('several in a row are all undone', async () => {
    const { state } = fresh()
    await shown(state, 'a')
    expect(await shown(state, 'hang')).toBe('time_limit')
    expect(await shown(state, 'crash')).toBe('restored: crashed')
    expect(await shown(state, 'b')).toBe('restored: a b seed 1')
  })

  test('where the calls before it come out differently now, the session is empty, and says so', async () => {
    const { backend, state } = fresh()
    await shown(state, 'a', { images: ['x'] })
    await shown(state, 'clock', { images: ['x'] })
    await shown(state, 'hang', { images: ['x'] })
    expect(await shown(state, 'b', { images: ['x'] })).toBe('emptied: b seed 1 x')
    expect(await shown(state, 'c', { images: ['x'] })).toBe('b c seed 1 x')
    expect(backend.live).toBe(1)
  })

  test('with an exception of ours is undone too', async () => {
    const { backend, state } = fresh()
    await shown(state, 'a')
    await expect(run(state, 'ill')).rejects.toThrow('The interpreter is ill.')
    expect(backend.live).toBe(0)
    expect(await shown(state, 'b')).toBe('restored: a b seed 1')
  })

  test('by the signal rejects with its reason, and is undone', async () => {
    const { backend, state } = fresh()
    await shown(state, 'a')
    const stop = new AbortController()
    const waiting = run(state, 'wait', { signal: stop.signal })
    stop.abort(new Error('The rollout is cancelled.'))
    await expect(waiting).rejects.toThrow('The rollout is cancelled.')
    expect(backend.live).toBe(0)
    expect(await shown(state, 'b')).toBe('restored: a b seed 1')
  })
})

describe('a session that lost its process through no doing of its own', () => {
  test('is made again elsewhere, and nobody is told', async () => {
    const { backend, state } = fresh()
    await shown(state, 'a', { images: ['x'], seed: 2 })
    backend.displacements = 1
    expect(await shown(state, 'b', { images: ['x'], seed: 2 })).toBe('a b seed 2 x')
    expect(backend.live).toBe(1)
  })

  test('even while it is being made again', async () => {
    const { backend, state } = fresh()
    await shown(state, 'a')
    backend.displacements = 3
    expect(await shown(state, 'b')).toBe('a b seed 1')
    expect(backend.live).toBe(1)
  })

  test('is still told of an undone call before', async () => {
    const { backend, state } = fresh()
    await shown(state, 'a')
    await shown(state, 'hang')
    backend.displacements = 1
    expect(await shown(state, 'b')).toBe('restored: a b seed 1')
  })

  test('time after time is a fault', async () => {
    const { backend, state } = fresh()
    backend.displacements = 1000
    await expect(run(state, 'a')).rejects.toMatchObject({ boundary: 'sandbox', code: 'displaced' })
    expect(backend.live).toBe(0)
  })
})

describe('a branch', () => {
  test('of a live session sees what it saw, and runs nothing again', async () => {
    const { backend, state } = fresh()
    await shown(state, 'a')
    await using branch = await state.fork()
    expect(await shown(branch, 'b')).toBe('a b seed 1')
    expect(await shown(state, 'c')).toBe('a c seed 1')
    expect(backend.cells.map(({ code }) => code)).toEqual(['a', 'b', 'c'])
  })

  test('that cannot be had live is made when it is needed', async () => {
    const { backend, state } = fresh(false)
    await shown(state, 'a')
    await using branch = await state.fork()
    expect(backend.sessions).toHaveLength(1)
    expect(await shown(branch, 'b')).toBe('a b seed 1')
    expect(await shown(state, 'c')).toBe('a c seed 1')
    expect(backend.cells.map(({ code }) => code)).toEqual(['a', 'a', 'b', 'c'])
  })

  test('takes a seed of its own', async () => {
    const { state } = fresh()
    await shown(state, 'a', { seed: 1 })
    await using branch = await state.fork()
    expect(await shown(branch, 'b', { seed: 9 })).toBe('a b seed 9')
    expect(await shown(state, 'b', { seed: 1 })).toBe('a b seed 1')
  })

  test('outlives its source, and the source it', async () => {
    const { state } = fresh()
    await shown(state, 'a')
    const branch = await state.fork()
    const other = await state.fork()
    await other[Symbol.asyncDispose]()
    expect(await shown(state, 'b')).toBe('a b seed 1')
    await state[Symbol.asyncDispose]()
    expect(await shown(branch, 'c')).toBe('a c seed 1')
  })

  test('whose history comes out differently is a fault, and leaves no session', async () => {
    const { backend, state } = fresh(false)
    await shown(state, 'clock')
    const branch = await state.fork()
    await expect(run(branch, 'b')).rejects.toMatchObject({ boundary: 'tool', code: 'replay_diverged' })
    expect(backend.live).toBe(1)
    expect(await shown(state, 'c')).toBe('clock c seed 1')
  })

  test('of a session that was stopped is told what its source is told', async () => {
    const { state } = fresh()
    await shown(state, 'a')
    await shown(state, 'hang')
    await using branch = await state.fork()
    expect(await shown(branch, 'b')).toBe('restored: a b seed 1')
    expect(await shown(state, 'b')).toBe('restored: a b seed 1')
  })

  test('of a session whose first call was stopped, too', async () => {
    const { state } = fresh()
    await shown(state, 'hang')
    await using branch = await state.fork()
    expect(await shown(branch, 'b')).toBe(await shown(state, 'b'))
  })

  test('that is stopped goes back to where it was, its source untouched', async () => {
    const { state } = fresh()
    await shown(state, 'a')
    await using branch = await state.fork()
    await shown(branch, 'b')
    await shown(branch, 'crash')
    expect(await shown(branch, 'c')).toBe('restored: a b c seed 1')
    expect(await shown(state, 'd')).toBe('a d seed 1')
  })
})

const code = fc.constantFrom('a', 'b', 'c', 'hang', 'crash', 'forge')
const calls = fc.array(fc.record({ code, seed: fc.constantFrom(1, 2), image: fc.boolean() }), { maxLength: 6 })

/** Makes the calls, the images of each one those of all before it. */
async function play(
  state: InterpreterState,
  list: readonly { code: string; seed: number; image: boolean }[],
  held = '',
) {
  const lines: string[] = []
  const images = Array.from(held)
  for (const { code, image, seed } of list) {
    if (image) images.push(String(images.length))
    lines.push(await shown(state, code, { seed, images }))
  }
  return { lines, images: images.join('') }
}

test('whatever was called before: a live branch, a replayed one and the source itself show the same, and none is left', async () => {
  await fc.assert(
    fc.asyncProperty(calls, calls, async (before, after) => {
      const seen: string[][] = []
      for (const forks of [true, false]) {
        const { backend, state } = fresh(forks)
        const { images } = await play(state, before)
        const branch = await state.fork()
        const nested = await branch.fork()
        for (const one of [branch, nested, state]) seen.push((await play(one, after, images)).lines)
        for (const one of [branch, nested, state]) await one[Symbol.asyncDispose]()
        expect(backend.live).toBe(0)
      }
      expect(seen).toEqual(seen.map(() => seen[0]))
    }),
    { numRuns: 200 },
  )
})
