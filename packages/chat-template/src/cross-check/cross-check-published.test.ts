import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { qwen25, qwen3, qwen3Folder } from '../__fixtures__/qwen3.ts'
import type { ChatTemplate } from '../chat-template.ts'
import { hermesTemplate } from '../hermes.ts'
import { qwen25Vl, qwen3VlInstruct, qwen3VlThinking } from '../qwen.ts'
import type { TextTokenizer } from '../tokenizer.ts'
import { crossCheckPublished } from './cross-check-published.ts'

// Templates written for this test, in the layout of Qwen3-VL and of Qwen2.5-VL.
const body = `{%- macro show(c) -%}{%- if c is string -%}{{- c -}}{%- else -%}{%- for p in c -%}
{%- if p.type == 'image' -%}{{- '<|vision_start|><|image_pad|><|vision_end|>' -}}{%- else -%}{{- p.text -}}{%- endif -%}
{%- endfor -%}{%- endif -%}{%- endmacro -%}`
const qwen3Vl = `${body}{%- if tools -%}{{- '<|im_start|>system\\n' + messages[0].content + '\\n\\n# Tools\\n\\nYou may call one or more functions to assist with the user query.\\n\\nYou are provided with function signatures within <tools></tools> XML tags:\\n<tools>' -}}
{%- for tool in tools -%}{{- '\\n' + (tool | tojson) -}}{%- endfor -%}
{{- '\\n</tools>\\n\\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\\n<tool_call>\\n{"name": <function-name>, "arguments": <args-json-object>}\\n</tool_call><|im_end|>\\n' -}}
{%- elif messages[0].role == 'system' -%}{{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' -}}{%- endif -%}
{%- for m in messages -%}
{%- if m.role == 'user' -%}{{- '<|im_start|>user\\n' + show(m.content) + '<|im_end|>\\n' -}}
{%- elif m.role == 'assistant' -%}{{- '<|im_start|>assistant\\n<think>\\nHm.\\n</think>\\n\\nSo.\\n<tool_call>\\n{}\\n</tool_call><|im_end|>\\n' -}}
{%- elif m.role == 'tool' -%}{%- if messages[loop.index0 - 1].role != 'tool' -%}{{- '<|im_start|>user' -}}{%- endif -%}
{{- '\\n<tool_response>\\n' + m.content + '\\n</tool_response>' -}}{%- if loop.last -%}{{- '<|im_end|>\\n' -}}{%- endif -%}
{%- endif -%}{%- endfor -%}{{- '<|im_start|>assistant\\n' -}}`
const thinkingSource = `${qwen3Vl}{{- '<think>\\n' -}}`
const withoutTools = `${body}{%- if messages[0].role != 'system' -%}{{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' -}}{%- endif -%}
{%- for m in messages -%}{{- '<|im_start|>' + m.role + '\\n' + show(m.content) + '<|im_end|>\\n' -}}{%- endfor -%}{{- '<|im_start|>assistant\\n' -}}`

let folder: string
let tokenizer: TextTokenizer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'published-'))
  tokenizer = await qwen3()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function check(template: ChatTemplate, source: string, used = tokenizer): Promise<void> {
  await writeFile(join(folder, 'chat_template.jinja'), source)
  return crossCheckPublished({ template, tokenizer: used, folder })
}

describe('crossCheckPublished', () => {
  it('agrees with templates of the same layout', async () => {
    await check(qwen3VlThinking({ tokenizer }), thinkingSource)
    await check(qwen3VlInstruct({ tokenizer }), qwen3Vl)
    await check(hermesTemplate({ tokenizer }), qwen3Vl)
    const older = await qwen25()
    await check(qwen25Vl({ tokenizer: older }), withoutTools, older)
  })

  it('agrees with the template that Qwen3 carries, which writes content that is text alone', async () => {
    await crossCheckPublished({ template: hermesTemplate({ tokenizer }), tokenizer, folder: qwen3Folder })
  })

  it.each([
    ['another generation prompt', qwen3Vl, 'A bare question'],
    ['other words for tools', thinkingSource.replace('You may call', 'You can call'), 'A question with system text'],
    ['a pad too few', thinkingSource.replace('<|image_pad|>', ''), 'A question with system text'],
    ['another tag for responses', thinkingSource.replaceAll('tool_response>', 'response>'), 'A turn with two calls'],
  ])('sees %s', async (_, source, where) => {
    await expect(check(qwen3VlThinking({ tokenizer }), source)).rejects.toMatchObject({
      code: 'other_ids',
      message: expect.stringContaining(where) as string,
    })
  })

  it('says what is wrong with a template that cannot be rendered', async () => {
    const refused = { code: 'bad_chat_template' }
    await expect(check(qwen3VlThinking({ tokenizer }), '{% for %}')).rejects.toMatchObject(refused)
    await expect(check(qwen3VlThinking({ tokenizer }), 'x'.repeat(1_000_001))).rejects.toMatchObject(refused)
    await rm(join(folder, 'chat_template.jinja'))
    await expect(
      crossCheckPublished({ template: hermesTemplate({ tokenizer }), tokenizer, folder }),
    ).rejects.toMatchObject(refused)
    for (const content of ['{', '{"chat_template": 1}']) {
      await writeFile(join(folder, 'chat_template.json'), content)
      await expect(
        crossCheckPublished({ template: hermesTemplate({ tokenizer }), tokenizer, folder }),
      ).rejects.toMatchObject(refused)
    }
    const list = { chat_template: [{ name: 'default', template: qwen3Vl }] }
    await writeFile(join(folder, 'chat_template.json'), JSON.stringify(list))
    await crossCheckPublished({ template: qwen3VlInstruct({ tokenizer }), tokenizer, folder })
  })
})
