// A very small agent: it thinks, may look into one of four places, then names the one where it believes the gold to be.
// It imports nothing of Interleave: to `rollout-source.ts` it is somebody else's program.

export const question = 'Where is the gold?'
export const places = ['north', 'east', 'south', 'west']
/** The agent's own tokens: a word each, its id the place in this list. */
export const vocabulary = [question, 'Hm.', '[look]', '[/look]', '[name]', 'yes', 'no', ...places]
export const tool = { name: 'look', description: 'Says whether a place holds the gold.', input: { enum: places } }

/** What the agent was shown, and what it drew then. */
export interface Turn {
  readonly seen: string
  readonly drawn: { readonly word: string; readonly logprob: number }[]
}

type Odds = Record<string, number>

/** One run. `random` gives the nth draw, uniform in [0, 1). The words of `forced` come first, in place of draws. */
export function explore(gold: unknown, random: (nth: number) => number, forced: readonly string[] = []): Turn[] {
  const turns: Turn[] = [{ seen: question, drawn: [] }]
  let drawn = 0
  const draw = (odds: Odds): string => {
    const word = forced[drawn] ?? pick(odds, random(drawn))
    drawn += 1
    turns.at(-1)!.drawn.push({ word, logprob: Math.log(odds[word] ?? 0) })
    return word
  }
  draw({ 'Hm.': 1 })
  let belief: Odds = { north: 0.4, east: 0.2, south: 0.2, west: 0.2 }
  if (draw({ '[look]': 0.75, '[name]': 0.25 }) === '[look]') {
    const place = draw({ north: 0.6, east: 0.2, south: 0.1, west: 0.1 })
    draw({ '[/look]': 1 })
    turns.push({ seen: place === gold ? 'yes' : 'no', drawn: [] })
    const [first, second, third] = places.filter((other) => other !== place)
    belief = place === gold ? { [place]: 1 } : { [first!]: 0.8, [second!]: 0.1, [third!]: 0.1 }
    draw({ '[name]': 1 })
  }
  draw(belief)
  return turns
}

function pick(odds: Odds, at: number): string {
  let left = at
  return Object.keys(odds).find((word) => (left -= odds[word]!) < 0) ?? Object.keys(odds).at(-1)!
}
