import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChatTemplate } from '@interleave/chat-template'
import { effectiveLength, qwen25VlPixels, qwen3VlPixels } from '@interleave/chat-template/qwen'
import { contentHash } from '@interleave/trajectory'
import { beforeAll, describe, expect, it } from 'vitest'
import { differences, openTemplates, tokenizerFolder } from './compare.ts'
import { readGolden, type GoldenCase } from './golden-file.ts'

const golden = await readGolden(join(import.meta.dirname, 'golden.jsonl'))
let templates: Record<GoldenCase['model'], ChatTemplate>
beforeAll(async () => (templates = await openTemplates()))

describe(`ids as transformers ${golden.made.transformers} gives them`, () => {
  it('for the same vocabulary', async () => {
    expect(contentHash(await readFile(join(tokenizerFolder, 'tokenizer.json')))).toBe(golden.made.tokenizer)
  })

  const models = ['qwen3-vl-thinking', 'qwen3-vl-instruct', 'qwen2.5-vl', 'hermes'] as const
  it.each(models)('%s, token for token', (model) => {
    const cases = golden.cases.filter((given) => given.model === model)
    const wrong = cases.flatMap((given) => differences(golden, given, templates[model]))
    expect(wrong).toEqual([])
    expect(cases.length).toBeGreaterThanOrEqual(80)
    expect(cases.filter(({ hostile }) => hostile).length).toBeGreaterThanOrEqual(15)
    expect(cases.filter(({ turns }) => turns.length > 1).length).toBeGreaterThanOrEqual(15)
  })

  it('lengths of images', () => {
    const ours = golden.sizes.map(([width, height]) => [
      width,
      height,
      effectiveLength(width, height, qwen3VlPixels),
      effectiveLength(width, height, qwen25VlPixels),
    ])
    expect(ours).toEqual(golden.sizes)
    expect(golden.sizes.length).toBeGreaterThanOrEqual(300)
  })
})

it('a token more or less is seen', () => {
  const given = golden.cases.find(({ model, prompt }) => model === 'qwen3-vl-thinking' && prompt.length > 0)
  const good = templates['qwen3-vl-thinking']
  const bad: ChatTemplate = { ...good, renderPrompt: (input) => good.renderPrompt(input).slice(1) }
  expect(given === undefined ? [] : differences(golden, given, bad)).toHaveLength(1)
})
