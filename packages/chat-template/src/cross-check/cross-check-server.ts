import { InterleaveError } from '@interleave/trajectory'
import { z } from 'zod'
import type { ChatTemplate } from '../chat-template.ts'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.ts'
import { post } from './post.ts'
import { expectSame, functionTool, probe } from './probe.ts'

const tokenizedSchema = z.looseObject({ tokens: z.array(z.int().nonnegative()) })
const detokenizedSchema = z.looseObject({ prompt: z.string() })

/** A template, its tokenizer, and the server that it is to be compared with. */
export interface ServerCheck {
  readonly template: ChatTemplate
  readonly tokenizer: TextTokenizer
  /** The root of a server with vLLM's `/tokenize` and `/detokenize`, such as `http://127.0.0.1:8000`. */
  readonly url: string
  readonly model: string
  readonly signal?: AbortSignal
}

/**
 * Compares a template and its tokenizer with what a policy server has, before anything is sampled: ids of plain text, of a
 * prompt with system text and tools as the server's own template renders it, and how some ids read. Throws `other_ids` with
 * the first difference, `no_server` and `bad_reply` where nothing can be compared.
 */
export async function crossCheckServer({ model, signal, template, tokenizer, url }: ServerCheck): Promise<void> {
  const tokenize = async (body: object): Promise<{ name: string; ids: number[] }> => {
    const { tokens } = await post(url, '/tokenize', { model, ...body }, tokenizedSchema, signal)
    return { name: 'the server', ids: tokens }
  }
  const text = `${probe.text}${probe.system}`
  const plain = await tokenize({ prompt: text, add_special_tokens: false })
  expectSame(template, 'Plain text', tokenizer.encode(text), plain)

  const spellings = [...tokenizer.addedTokens.keys()].join('')
  const added = [...tokenizer.addedTokens.values()]
  expectSame(template, 'The added tokens', added, await tokenize({ prompt: spellings, add_special_tokens: false }))
  const read = await post(url, '/detokenize', { model, tokens: plain.ids }, detokenizedSchema, signal)
  if (read.prompt !== tokenizer.decode(plain.ids))
    throw new InterleaveError(
      'other_ids',
      `The server reads the ids of ${JSON.stringify(text)} back as ${JSON.stringify(read.prompt.slice(0, 200))}.`,
    )

  const messages = [
    { role: 'system', content: probe.system },
    { role: 'user', content: probe.text },
  ]
  const bare = await tokenize({ messages, add_generation_prompt: true })
  const equipped = await tokenize({ messages, tools: probe.tools.map(functionTool), add_generation_prompt: true })
  // A template that ignores tools, as that of Qwen2.5-VL, cannot be asked about them.
  const tools = bare.ids.join() === equipped.ids.join() ? [] : probe.tools
  const prompt = template.renderPrompt({ system: probe.system, tools, content: [{ type: 'text', text: probe.text }] })
  const ours = prompt.flatMap(({ tokens }) => tokens)
  expectSame(template, 'A question with system text and tools', ours, equipped)
}
