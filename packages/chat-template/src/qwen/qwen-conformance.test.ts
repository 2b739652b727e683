import { runChecks } from '@interleave/trajectory/testing'
import { expect, it } from 'vitest'
import { qwen25, qwen3 } from '../__fixtures__/qwen3.ts'
import { hermesTemplate } from '../hermes.ts'
import { qwen25Vl, qwen3VlInstruct, qwen3VlThinking } from '../qwen.ts'
import { templateChecks } from '../testing.ts'

const skippedByText = ['puts one pad in the place of each image']

it.each([
  ['Qwen3-VL-Thinking', async () => qwen3VlThinking({ tokenizer: await qwen3() }), []],
  ['Qwen3-VL-Instruct', async () => qwen3VlInstruct({ tokenizer: await qwen3() }), []],
  ['Qwen2.5-VL', async () => qwen25Vl({ tokenizer: await qwen25() }), []],
  ['Hermes', async () => hermesTemplate({ tokenizer: await qwen3() }), skippedByText],
])('%s passes the conformance suite', async (_, open, skipped) => {
  const results = await runChecks(templateChecks(await open()))
  expect(results.filter(({ status }) => status === 'failed')).toEqual([])
  expect(results.flatMap(({ name, status }) => (status === 'skipped' ? [name] : []))).toEqual(skipped)
  expect(results.length).toBeGreaterThanOrEqual(11)
})
