import type { Tag } from '@interleave/trajectory'
import type { TurnSegment } from './chat-template.ts'

/** The ids that give a sampled turn its structure. Those of tags that the model has no single token for are absent. */
export interface StructureIds {
  /** What a turn begins in: `thinking` where the generation prompt ends with the tag that opens it, otherwise `text`. */
  readonly begins?: 'thinking' | 'text'
  readonly thinkOpen?: number
  readonly thinkClose?: number
  readonly callOpen?: number
  readonly callClose?: number
  /** Absent where the model has no such tokens: its answers are then plain text. */
  readonly answerOpen?: number
  readonly answerClose?: number
  readonly stop: readonly number[]
}

/** A stretch of a turn before its text is decoded. */
export interface Stretch extends Omit<TurnSegment, 'text'> {
  kind: TurnSegment['kind']
  readonly start: number
  end: number
  call?: number
}

/** The stretches of a turn, and for each call the tokens between its tags. */
export interface TurnStructure {
  readonly stretches: Stretch[]
  readonly calls: { readonly start: number; end: number; closed: boolean }[]
  readonly ended: boolean
}

/**
 * Divides a turn, which begins inside its thinking unless `ids.begins` says otherwise. Tags count only after the thinking
 * closes, and only where nothing is open that they do not close: elsewhere they are text. Plain text beside calls is `thinking`, in a turn without calls it
 * is `answer`. Every id is covered once; no stretch is empty.
 */
export function readStructure(
  tokens: readonly number[],
  ids: StructureIds,
  isBlank: (start: number, end: number) => boolean,
): TurnStructure {
  const stretches: Stretch[] = []
  const plain: Stretch[] = []
  const calls: TurnStructure['calls'] = []
  const ended = tokens.length > 0 && ids.stop.includes(tokens[tokens.length - 1] ?? -1)
  const last = ended ? tokens.length - 1 : tokens.length
  let inside: 'thinking' | 'call' | 'answer' | 'none' = ids.begins === 'text' ? 'none' : 'thinking'
  let from = 0

  function flush(end: number): void {
    if (end === from) {
      // A call with nothing in it has no segment of its own; its tag stands for it, so that it still gets an outcome.
      const tag = stretches.at(-1)
      if (inside === 'call' && tag !== undefined) tag.call = calls.length - 1
      return
    }
    if (inside === 'thinking' || inside === 'answer') stretches.push({ kind: inside, start: from, end })
    else if (inside === 'call') stretches.push({ kind: 'acting', start: from, end, call: calls.length - 1 })
    else {
      const stretch: Stretch = { kind: 'template', start: from, end }
      if (!isBlank(from, end)) plain.push(stretch)
      stretches.push(stretch)
    }
    from = end
  }
  function tag(at: number, name: Tag): void {
    flush(at)
    stretches.push({ kind: 'template', start: at, end: at + 1, tag: name })
    from = at + 1
  }

  for (let at = 0; at < last; at += 1) {
    const id = tokens[at]
    if (inside === 'thinking') {
      if (id !== ids.thinkClose) continue
      tag(at, 'think-close')
      inside = 'none'
    } else if (inside === 'call') {
      if (id !== ids.callClose) continue
      const call = calls[calls.length - 1]
      if (call !== undefined) Object.assign(call, { end: at, closed: true })
      tag(at, 'call-close')
      inside = 'none'
    } else if (inside === 'answer') {
      if (id !== ids.answerClose) continue
      tag(at, 'answer-close')
      inside = 'none'
    } else if (id === ids.callOpen) {
      tag(at, 'call-open')
      inside = 'call'
      calls.push({ start: at + 1, end: last, closed: false })
    } else if (id === ids.answerOpen) {
      tag(at, 'answer-open')
      inside = 'answer'
    } else if (id === ids.thinkOpen) {
      tag(at, 'think-open')
      inside = 'thinking'
    }
  }
  flush(last)
  if (ended) stretches.push({ kind: 'template', start: last, end: last + 1, tag: 'turn-end' })
  for (const stretch of plain) stretch.kind = calls.length > 0 ? 'thinking' : 'answer'
  return { stretches, calls, ended }
}
