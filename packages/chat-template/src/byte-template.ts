import { contentHash, type ContentPart, type ToolOutcome, type ToolSchema } from '@interleave/trajectory'
import { byteGridSide, byteImageLength } from './byte-image-grid.ts'
import { decodeBytes, encodeBytes } from './byte-text.ts'
import { byteIds, byteSpellings } from './byte-vocabulary.ts'
import type { ChatTemplate, PromptInput, RenderedImage, RenderedSegment, Turn, TurnBoundary } from './chat-template.ts'
import { readCall } from './read-call.ts'
import { readStructure, type Stretch, type TurnStructure } from './read-structure.ts'

const ids = byteIds
const stopTokens = [ids.turnEnd, ids.endOfText]
const structureIds = { ...ids, stop: stopTokens }

// Fixed pieces of the layout, encoded once. An id stands for itself.
const piece = (...parts: (string | number)[]): readonly number[] =>
  parts.flatMap((part) => (typeof part === 'string' ? encodeBytes(part) : part))
const pieces = {
  systemOpen: piece(ids.turnStart, 'system\n'),
  toolsOpen: piece('# Tools\n\nYou can call these functions. One JSON description a line:\n<tools>\n'),
  toolsClose: piece(
    '</tools>\n\nFor a call, write a JSON object with the name and the arguments of the function between the call tags:\n',
    ids.callOpen,
    '\n{"name": <name>, "arguments": <object>}\n',
    ids.callClose,
  ),
  turnClose: piece(ids.turnEnd, '\n'),
  userOpen: piece(ids.turnStart, 'user\n'),
  userAfterEnd: piece('\n', ids.turnStart, 'user\n'),
  userAfterCut: piece(ids.turnEnd, '\n', ids.turnStart, 'user\n'),
  responseOpen: piece(ids.responseOpen, '\n'),
  responseNext: piece('\n', ids.responseOpen, '\n'),
  responseClose: piece('\n', ids.responseClose),
  generation: piece(ids.turnEnd, '\n', ids.turnStart, 'assistant\n', ids.thinkOpen),
}
const fixed = Object.fromEntries(Object.entries(pieces).map(([name, tokens]) => [name, context(tokens)])) as Record<
  keyof typeof pieces,
  RenderedSegment
>

const hash = contentHash(JSON.stringify(['interleave/byte-template@1', byteSpellings, byteGridSide, pieces]))
const rememberedSystems = 16

/**
 * The template of the embedded policy: text as UTF-8 bytes, structure as special ids, laid out as in Hermes and Qwen
 * (tools as JSON lines in the system turn, observations as `<tool_response>` in a user turn). The generation prompt ends
 * with the token that opens the thinking, so a sampled turn begins inside it.
 */
export function byteTemplate(): ChatTemplate {
  const systems = new Map<string, readonly number[]>()

  function systemTurn(system: string, tools: readonly ToolSchema[]): readonly number[] {
    if (system === '' && tools.length === 0) return []
    const lines = tools.map(toolLine).join('')
    const key = `${system.length} ${system}${lines}`
    const known = systems.get(key)
    if (known !== undefined) return known
    const tokens = [...pieces.systemOpen, ...encodeBytes(system)]
    if (tools.length > 0) {
      if (system !== '') tokens.push(...encodeBytes('\n\n'))
      tokens.push(...pieces.toolsOpen)
      for (const id of encodeBytes(lines)) tokens.push(id)
      tokens.push(...pieces.toolsClose)
    }
    tokens.push(...pieces.turnClose)
    if (systems.size >= rememberedSystems) systems.clear()
    systems.set(key, tokens)
    return tokens
  }

  return {
    name: 'byte',
    hash,
    imagePad: ids.imagePad,
    stopTokens,
    renderPrompt(input: PromptInput): RenderedSegment[] {
      const images: RenderedImage[] = []
      const tokens = systemTurn(input.system ?? '', input.tools).concat(pieces.userOpen)
      appendContent(tokens, images, input.content)
      return [{ kind: 'prompt', text: decodeBytes(tokens), tokens, images }, fixed.generation]
    },
    readTurn(tokens: readonly number[]): Turn {
      const structure = structureOf(tokens)
      return {
        segments: structure.stretches.map((stretch) => withText(stretch, tokens)),
        calls: structure.calls.map(({ closed, end, start }) => readCall(decodeBytes(tokens, start, end), closed)),
        ended: structure.ended,
      }
    },
    renderObservations(outcomes: readonly ToolOutcome[], turn: { readonly ended: boolean }): RenderedSegment[] {
      const segments = [turn.ended ? fixed.userAfterEnd : fixed.userAfterCut]
      for (const outcome of outcomes) {
        const images: RenderedImage[] = []
        const tokens = [...(segments.length === 1 ? pieces.responseOpen : pieces.responseNext)]
        appendContent(tokens, images, outcome.content)
        for (const id of pieces.responseClose) tokens.push(id)
        segments.push({ kind: 'observation', text: decodeBytes(tokens), tokens, images })
      }
      segments.push(fixed.generation)
      return segments
    },
    boundaries(tokens: readonly number[]): TurnBoundary[] {
      const found: TurnBoundary[] = []
      for (const { end, tag } of structureOf(tokens).stretches)
        if (tag === 'call-open' || tag === 'answer-open') found.push({ at: end, tag })
      return found
    },
    decode: (tokens) => decodeBytes(tokens),
  }
}

function structureOf(tokens: readonly number[]): TurnStructure {
  return readStructure(tokens, structureIds, (start, end) => {
    for (let at = start; at < end; at += 1) {
      const id = tokens[at]
      if (id !== 10 && id !== 32 && id !== 13 && id !== 9) return false
    }
    return true
  })
}

function withText(stretch: Stretch, tokens: readonly number[]): Turn['segments'][number] {
  return Object.assign(stretch, { text: decodeBytes(tokens, stretch.start, stretch.end) })
}

function appendContent(tokens: number[], images: RenderedImage[], content: readonly ContentPart[]): void {
  for (const part of content) {
    if (part.type === 'text') for (const id of Buffer.from(part.text, 'utf8')) tokens.push(id)
    else {
      images.push({ hash: part.hash, at: tokens.length, effectiveLength: byteImageLength(part) })
      tokens.push(ids.imagePad)
    }
  }
}

function toolLine({ description, input, name }: ToolSchema): string {
  return `${JSON.stringify({ type: 'function', function: { name, description, parameters: input } })}\n`
}

function context(tokens: readonly number[]): RenderedSegment {
  return { kind: 'template', text: decodeBytes(tokens), tokens, images: [] }
}
