import { Template } from '@huggingface/jinja'
import { InterleaveError, isInterleaveError, messageOf } from '@interleave/trajectory'
import type { ChatTemplate, RenderedSegment } from '../chat-template.ts'
import { fixedSplitter } from '../hermes/fixed-splitter.ts'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.ts'
import { expectSame, functionTool, probe, probeOutcomes } from './probe.ts'
import { readPublishedTemplate } from './published-template.ts'

/** A template, its tokenizer, and the folder of the model that it is to be compared with. */
export interface PublishedCheck {
  readonly template: ChatTemplate
  readonly tokenizer: TextTokenizer
  /** Holds chat_template.jinja, chat_template.json or a tokenizer_config.json with a chat template. */
  readonly folder: string
}

/**
 * Compares a template with the one that a model's folder carries, on a small conversation: a bare question, one with system
 * text, tools and an image, and what follows a turn of two calls. A published template that ignores tools is compared
 * without them. Throws `other_ids` with the first difference, `bad_chat_template` where there is nothing to compare with.
 */
export async function crossCheckPublished({ folder, template, tokenizer }: PublishedCheck): Promise<void> {
  const source = await readPublishedTemplate(folder)
  const render = renderer(source, folder)
  const split = fixedSplitter(tokenizer)
  const encode = (text: string): number[] =>
    split(text).flatMap((part) => (typeof part === 'number' ? [part] : tokenizer.encode(part)))
  const same = (what: string, ours: readonly number[], text: string): void =>
    expectSame(template, what, ours, { name: 'the published template', ids: encode(text) })

  // Templates of text models read content that is text alone, those of the others a list of parts.
  const pictures = takesImages(template) ? [probe.image] : undefined
  const written = { type: 'text', text: probe.text } as const
  const content = pictures === undefined ? probe.text : [written]
  const bare = template.renderPrompt({ tools: [], content: [written] })
  same('A bare question', idsOf(bare), render([{ role: 'user', content }]))

  const user = { role: 'user', content: pictures === undefined ? probe.text : [{ type: 'image' }, written] }
  const messages = [{ role: 'system', content: probe.system }, user]
  const ignored = render(messages, []) === render(messages, probe.tools.map(functionTool))
  const tools = ignored ? [] : probe.tools
  const prompt = idsOf(template.renderPrompt({ system: probe.system, tools, content: [...(pictures ?? []), written] }))
  const given = tools.map(functionTool)
  same('A question with system text and tools', prompt, render(messages, given))
  if (ignored) return

  const calls = probeOutcomes.map(() => ({ type: 'function', function: { name: 'look', arguments: { box: [1] } } }))
  const turn = { role: 'assistant', content: 'So.', reasoning_content: 'Hm.', tool_calls: calls }
  const after = probe.observations.map((text) => ({ role: 'tool', content: text }))
  const whole = encode(render([...messages, turn, ...after], given))
  const suffix = idsOf(template.renderObservations(probeOutcomes, { ended: true }))
  const drawn = whole.slice(prompt.length, Math.max(prompt.length, whole.length - suffix.length))
  expectSame(template, 'A turn with two calls and what follows', [...prompt, ...drawn, ...suffix], {
    name: 'the published template',
    ids: whole,
  })
  if (!template.stopTokens.includes(drawn.at(-1) ?? -1))
    throw new InterleaveError('other_ids', `After a turn, ${template.name} does not go on where the turn ends.`)
}

function renderer(source: string, folder: string): (messages: readonly object[], tools?: readonly object[]) => string {
  return (messages, tools = []) => {
    try {
      const shown = tools.length === 0 ? {} : { tools }
      return new Template(source).render({ messages, ...shown, add_generation_prompt: true })
    } catch (error) {
      throw new InterleaveError('bad_chat_template', `The chat template in ${folder} failed: ${messageOf(error)}.`, {
        cause: error,
      })
    }
  }
}

function takesImages(template: ChatTemplate): boolean {
  try {
    template.renderPrompt({ tools: [], content: [probe.image] })
    return true
  } catch (error) {
    if (isInterleaveError(error, 'no_images')) return false
    throw error
  }
}

function idsOf(segments: readonly RenderedSegment[]): number[] {
  return segments.flatMap(({ tokens }) => tokens)
}
