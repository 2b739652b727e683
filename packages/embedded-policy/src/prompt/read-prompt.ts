import { byteIds } from '@interleave/chat-template/byte'

const mostQuestionIds = 20_000
const header = [...Buffer.from('assistant\n'), byteIds.thinkOpen]
const userHeader = [...Buffer.from('user\n')]
const zoom = [...Buffer.from('"image_zoom_in"')]
const letterA = 97

/** What a prompt of the byte-level template says, as far as this policy reads it. */
export interface Prompt {
  /** Where the current turn begins: after the last generation prompt. */
  readonly turnStart: number
  /** Text of the first user turn, images left out. */
  readonly question: string
  /** Number of the current turn, from 1. */
  readonly turn: number
  /** Images before the current turn. */
  readonly images: number
  /** The last observation showed an image. */
  readonly shown: boolean
  /** The zoom tool is among the tools. */
  readonly zoom: boolean
}

/**
 * Reads the first `end` ids of a prompt. Never fails: where there is no generation prompt, all that follows the last
 * start of a turn counts as the current turn.
 */
export function readPrompt(tokens: readonly number[], end: number): Prompt {
  const starts: number[] = []
  for (let at = tokens.indexOf(byteIds.turnStart); at >= 0 && at < end; at = tokens.indexOf(byteIds.turnStart, at + 1))
    starts.push(at)
  const user = starts.find((at) => matches(tokens, at + 1, userHeader, end))
  const last = starts.at(-1) ?? -1
  const headed = matches(tokens, last + 1, header, end)
  const turnStart = headed && last >= 0 ? last + 1 + header.length : last + 1
  let images = 0
  let lastImage = -1
  for (
    let at = tokens.indexOf(byteIds.imagePad);
    at >= 0 && at < turnStart;
    at = tokens.indexOf(byteIds.imagePad, at + 1)
  ) {
    images += 1
    lastImage = at
  }
  return {
    turnStart,
    question: user === undefined ? '' : plainText(tokens, user + 1 + userHeader.length, end),
    turn: Math.max(1, starts.filter((at) => tokens[at + 1] === letterA).length),
    images,
    shown: lastImage > (starts.at(-2) ?? -1),
    zoom: contains(tokens, zoom, user ?? 0),
  }
}

function plainText(tokens: readonly number[], start: number, end: number): string {
  const limit = Math.min(end, start + mostQuestionIds)
  const bytes: number[] = []
  for (let at = start; at < limit; at += 1) {
    const id = tokens[at] ?? byteIds.turnEnd
    if (id === byteIds.turnEnd) break
    if (id < 256) bytes.push(id)
  }
  return Buffer.from(bytes).toString('utf8')
}

function matches(tokens: readonly number[], at: number, ids: readonly number[], end: number): boolean {
  if (at + ids.length > end) return false
  return ids.every((id, index) => tokens[at + index] === id)
}

function contains(tokens: readonly number[], ids: readonly number[], end: number): boolean {
  for (let at = tokens.indexOf(ids[0] ?? 0); at >= 0 && at < end; at = tokens.indexOf(ids[0] ?? 0, at + 1))
    if (matches(tokens, at, ids, end)) return true
  return false
}
