import type { HttpClient } from '../http/http-client.ts'
import type { Wire } from '../wire/wire.ts'

/** Ids to try a server with. */
export interface CanaryIds {
  /** A word letter by letter: a server that encodes text again makes fewer of them. */
  readonly letters: readonly number[]
  /** That word as the server itself encodes it, where it tells. */
  readonly word?: readonly number[]
  /** An id whose bytes are a part of a character, where the server tells of one. */
  readonly part?: number
  readonly image?: { readonly before: readonly number[]; readonly pad: number; readonly after: readonly number[] }
}

const word = 'continuation'
// The letters of that word in byte-level vocabularies, which all begin alike.
const usualLetters = [66, 78, 77, 83, 72, 77, 84, 64, 83, 72, 78, 77]
const padText = ['<|vision_start|>', '<|image_pad|>', '<|vision_end|>']
// Around the pad 151655 of the Qwen models, whose positions in an image need them.
const qwen = { start: 151652, pad: 151655, end: 151653 }

export async function canaryIds(
  wire: Wire,
  client: HttpClient,
  model: string,
  imagePad: number | undefined,
  signal: AbortSignal,
): Promise<CanaryIds> {
  const encode = async (text: string): Promise<number[] | undefined> => wire.encode?.(client, text, model, signal)
  const whole = await encode(word)
  const letters: number[] = []
  for (const letter of whole === undefined ? '' : word) letters.push(...((await encode(letter)) ?? []))
  const told = whole !== undefined && letters.length >= word.length
  // Few vocabularies have this character in one piece.
  const [part, ...rest] = (told ? await encode('\u{1FAE8}') : undefined) ?? []
  const image = wire.takesImages ? imageIds(await encode(padText.join('')), imagePad) : undefined
  return {
    letters: told ? letters : usualLetters,
    ...(told && { word: whole }),
    ...(part !== undefined && rest.length > 0 && { part }),
    ...(image !== undefined && { image }),
  }
}

function imageIds(told: readonly number[] | undefined, imagePad: number | undefined): CanaryIds['image'] {
  const [start, pad, end] = told?.length === 3 ? told : []
  if (start !== undefined && pad !== undefined && end !== undefined && (imagePad ?? pad) === pad)
    return { before: [start], pad, after: [end] }
  if (imagePad === undefined) return undefined
  return imagePad === qwen.pad
    ? { before: [qwen.start], pad: imagePad, after: [qwen.end] }
    : { before: [], pad: imagePad, after: [] }
}
