import { contentHash, InterleaveError, type ContentPart, type ToolOutcome } from '@interleave/trajectory'
import type { ChatTemplate, PromptInput, RenderedSegment, Turn, TurnBoundary } from '../chat-template.ts'
import { readCall } from '../read-call.ts'
import { readStructure, type TurnStructure } from '../read-structure.ts'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.ts'
import { hermesIds } from './hermes-ids.ts'
import { hermesText, type HermesLayout } from './hermes-layout.ts'
import { segmentWriters, type SegmentWriter } from './segment-writer.ts'
import { effectiveLength } from './smart-resize.ts'
import { systemTurns } from './system-turns.ts'

/** A template of the ChatML and Hermes family with the vocabulary of a model. */
export function layoutTemplate(layout: HermesLayout, tokenizer: TextTokenizer): ChatTemplate {
  const { imagePad, stop, structure } = hermesIds(layout, tokenizer)
  const open = segmentWriters(tokenizer)
  const system = systemTurns(layout, structure, open)
  const generation = layout.thinking ? hermesText.generation + hermesText.thinkOpen : hermesText.generation

  function writeContent(writer: SegmentWriter, content: readonly ContentPart[]): void {
    for (const part of content) {
      if (part.type === 'text') writer.text(part.text)
      else if (layout.pixels === undefined)
        throw new InterleaveError('no_images', `The template ${layout.name} is for models that see no images.`)
      else {
        writer.fixed(hermesText.imageOpen)
        writer.image(part, imagePad, effectiveLength(part.width, part.height, layout.pixels))
        writer.fixed(hermesText.imageClose)
      }
    }
  }
  const structureOf = (tokens: readonly number[]): TurnStructure =>
    readStructure(tokens, structure, (start, end) => tokenizer.decode(tokens, start, end).trim() === '')

  return {
    name: layout.name,
    hash: contentHash(JSON.stringify(['interleave/hermes@1', layout, hermesText, tokenizer.hash])),
    imagePad,
    stopTokens: stop,
    renderPrompt(input: PromptInput): RenderedSegment[] {
      const writer = open()
      writer.tokens(system(input))
      writer.fixed(hermesText.userOpen)
      writeContent(writer, input.content)
      writer.end('prompt')
      writer.fixed(generation)
      writer.end('template')
      return writer.segments
    },
    readTurn(tokens: readonly number[]): Turn {
      const { calls, ended, stretches } = structureOf(tokens)
      return {
        segments: stretches.map((stretch) => ({
          ...stretch,
          text: tokenizer.decode(tokens, stretch.start, stretch.end),
        })),
        calls: calls.map(({ closed, end, start }) => readCall(tokenizer.decode(tokens, start, end), closed)),
        ended,
      }
    },
    renderObservations(outcomes: readonly ToolOutcome[], turn: { readonly ended: boolean }): RenderedSegment[] {
      const writer = open()
      // The newline follows the end of every turn in the template, and no model draws it.
      writer.fixed((turn.ended ? '\n' : hermesText.turnClose) + hermesText.userOpen)
      writer.end('template')
      for (const [index, outcome] of outcomes.entries()) {
        writer.fixed(hermesText.responseOpen)
        writeContent(writer, outcome.content)
        // With the newline before the next response: behind it ids never merge, whether or not the tags are tokens.
        writer.fixed(hermesText.responseClose + (index < outcomes.length - 1 ? '\n' : ''))
        writer.end('observation')
      }
      writer.fixed(generation)
      writer.end('template')
      return writer.segments
    },
    boundaries(tokens: readonly number[]): TurnBoundary[] {
      return structureOf(tokens).stretches.flatMap(({ end, tag }) =>
        tag === 'call-open' || tag === 'answer-open' ? [{ at: end, tag }] : [],
      )
    },
    decode: (tokens) => tokenizer.decode(tokens),
  }
}
