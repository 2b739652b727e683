import {
  isInterleaveError,
  type ContentPart,
  type ImagePart,
  type ToolOutcome,
  type ToolSchema,
} from '@interleave/trajectory'
import { expectCheck, skipCheck } from '@interleave/trajectory/testing'
import type { ChatTemplate, RenderedSegment, Turn } from '../chat-template.ts'
import type { TemplateWriter } from './template-writer.ts'

export const image: ImagePart = { type: 'image', hash: 'ab'.repeat(32), mime: 'image/png', width: 640, height: 480 }
export const tool: ToolSchema = {
  name: 'look',
  description: 'Looks closer.',
  input: { type: 'object', properties: {} },
}
const rounds = 300

export function rendered(template: ChatTemplate, content: readonly ContentPart[]): RenderedSegment[] {
  return template.renderPrompt({ system: 'Be brief.', tools: [tool], content })
}

export function prompt(template: ChatTemplate, content: readonly ContentPart[]): number[] {
  return rendered(template, content).flatMap((part) => part.tokens)
}

export function observed(template: ChatTemplate, content: readonly ContentPart[]): number[] {
  return template.renderObservations([outcome(content)], { ended: true }).flatMap((part) => part.tokens)
}

/** Whether the template is for models that see no images: it then says so with the code `no_images`. */
export function refusesImages(template: ChatTemplate): boolean {
  try {
    rendered(template, [image])
    return false
  } catch (error) {
    return isInterleaveError(error, 'no_images')
  }
}

export function outcome(content: readonly ContentPart[]): ToolOutcome {
  return { callId: 'call', tool: 'look', index: 0, status: 'ok', content: [...content] }
}

export function same(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index])
}

/** The ids that a reply could be steered with: ends of turns and pads, in order. */
export function structure(template: ChatTemplate, tokens: readonly number[]): number[] {
  const spelt = (id: number): boolean => /^<[^<>]+>$/.test(template.decode([id]))
  return tokens.filter((id) => id === template.imagePad || template.stopTokens.includes(id) || spelt(id))
}

export function checkPads(template: ChatTemplate, segments: readonly RenderedSegment[], count: number): void {
  const images = segments.flatMap((part) => part.images)
  const pads = segments.flatMap((part) => part.tokens).filter((id) => id === template.imagePad)
  expectCheck(
    images.length === count && pads.length === count,
    `${count} images were rendered as ${pads.length} pads and ${images.length} entries.`,
  )
  for (const part of segments)
    for (const { at, effectiveLength } of part.images)
      expectCheck(
        part.tokens[at] === template.imagePad && Number.isInteger(effectiveLength) && effectiveLength > 0,
        `An image at ${at} does not point at a pad, or its effective length ${effectiveLength} is not a positive integer.`,
      )
}

export function checkTiling(turn: Turn, length: number): void {
  let at = 0
  for (const { call, end, start } of turn.segments) {
    expectCheck(start === at && end > start, `A segment from ${start} to ${end} follows offset ${at}.`)
    expectCheck(
      call === undefined || turn.calls[call] !== undefined,
      `A segment names call ${call}, which does not exist.`,
    )
    at = end
  }
  expectCheck(at === length, `The segments end at ${at} of ${length} tokens.`)
  const named = turn.segments.flatMap(({ call }) => (call === undefined ? [] : [call]))
  expectCheck(same(named, [...turn.calls.keys()]), 'Each call must be named by one segment, in order.')
}

/** Turns of tags, text and ids that do not exist, from a fixed linear congruence: the same on every run. */
export function* wildTurns(template: ChatTemplate, writer: () => TemplateWriter): Generator<number[]> {
  const { ids, text } = writer()
  if (ids.length === 0) skipCheck('No tag of this template decodes to itself.')
  const pool = [
    ...ids,
    ...ids,
    ...text('a \n{"name": "look"}'),
    template.imagePad,
    ...template.stopTokens,
    0,
    999_999_999,
  ]
  let state = 1
  for (let round = 0; round < rounds; round += 1) {
    const tokens: number[] = []
    for (let left = round % 24; left > 0; left -= 1) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      tokens.push(pool[(state >>> 8) % pool.length] ?? 0)
    }
    yield tokens
  }
}
