import { deriveSeed } from '@interleave/trajectory'

const size = 128
const usual = 24
export const stopId = 23
export const padId = 125

/** The first id of a character that is no single one here. */
export const partId = '\u{1FAE8}'.charCodeAt(0) % size

const rows = new Map<number, number[]>()

/** Logits of the next token: a fixed table in which the ids below 24 are likely, and a pad is never drawn. */
function logitsAfter(last: number): number[] {
  const known = rows.get(last)
  if (known !== undefined) return known
  const row = Array.from({ length: size }, (_, id) => {
    if (id === padId) return -Infinity
    const noise = (deriveSeed(last, 'bigram', id) / 2 ** 32) * 3
    return noise - (id < usual ? 0 : 9) - (id === stopId ? 1 : 0)
  })
  rows.set(last, row)
  return row
}

function logSoftmax(logits: readonly number[]): number[] {
  const best = Math.max(...logits)
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - best), 0)
  return logits.map((logit) => logit - best - Math.log(sum))
}

export interface Drawing {
  readonly temperature: number
  readonly seed: number
  readonly bias: ReadonlyMap<number, number>
  readonly logprobs: 'raw' | 'scaled' | 'processed'
}

/** Draws the token at a place of a reply. Depends on the last token, the seed and the place alone. */
export function drawToken(last: number, place: number, drawing: Drawing): { token: number; logprob: number } {
  const { temperature, seed, bias } = drawing
  const logits = logitsAfter(last)
  const raw = logSoftmax(logits)
  const biased = logits.map((logit, id) => logit + (bias.get(id) ?? 0))
  const scale = temperature === 0 ? 1 : temperature
  const processed = logSoftmax(biased.map((logit) => logit / scale))
  const token = temperature === 0 ? biased.indexOf(Math.max(...biased)) : pick(processed, seed, place)
  const scaled = logSoftmax(logits.map((logit) => logit / scale))
  return { token, logprob: { raw, scaled, processed }[drawing.logprobs][token] ?? 0 }
}

function pick(logprobs: readonly number[], seed: number, place: number): number {
  let left = deriveSeed(seed, 'draw', place) / 2 ** 32
  const drawn = logprobs.findIndex((logprob) => (left -= Math.exp(logprob)) < 0)
  return drawn === -1 ? 0 : drawn
}

const pieces: readonly (readonly [string, number])[] = [
  ['continu', 30],
  ['ation', 31],
  ['<|vision_start|>', 124],
  ['<|image_pad|>', padId],
  ['<|vision_end|>', 126],
]

/** A tokenizer that knows a few pieces, and letters. */
export function encode(text: string): number[] {
  const ids: number[] = []
  for (let at = 0; at < text.length;) {
    const piece = pieces.find(([form]) => text.startsWith(form, at))
    ids.push(piece?.[1] ?? text.charCodeAt(at) % size)
    at += piece?.[0].length ?? 1
  }
  return ids
}

/** What a server does that decodes ids and encodes the text again. */
export function retokenise(ids: readonly number[]): number[] {
  const text = ids.map((id) => pieces.find(([, known]) => known === id)?.[0] ?? String.fromCharCode(id)).join('')
  return encode(text)
}
