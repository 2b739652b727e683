// A very small policy that runs in-process, for `environment.ts`: a clerk that counts bolts, often badly.
import { byteIds as ids, byteTemplate } from '@interleave/chat-template/byte'
import { declareCapabilities, functionPolicy } from '@interleave/policy'
import { deriveSeed, FaultError } from '@interleave/trajectory'

const bytes = (text: string): number[] => [...Buffer.from(text)]
const answer = (count: number): number[] => [ids.thinkClose, ids.answerOpen, ...bytes(`${count}`), ids.answerClose]
const book = (quantities: readonly number[]): number[] => [
  ...bytes('I had better book this.'),
  ids.thinkClose,
  ...quantities.flatMap((quantity) => {
    const call = JSON.stringify({ name: 'ledger', arguments: { item: 'bolts', quantity } })
    return [ids.callOpen, ...bytes(call), ids.callClose]
  }),
]

/** The turns that the clerk may take after some text, and how likely each is. */
function turnsAfter(text: string): { turn: number[]; odds: number }[] {
  const left = text.match(/\d+(?= bolts left)/g)?.at(-1)
  if (text.includes('</tool_response>')) return [{ turn: answer(Number(left ?? 0)), odds: 1 }]
  const moves = [...text.matchAll(/(\d+) bolts (in|out)/g)].map(
    ([, count, way]) => Number(count) * (way === 'in' ? 1 : -1),
  )
  return [
    { turn: book(moves), odds: 0.15 },
    { turn: book(moves.slice(0, -1)), odds: 0.3 },
    { turn: book(moves.slice(1)), odds: 0.35 },
    { turn: answer(moves[0] ?? 0), odds: 0.2 },
  ]
}

export const template = byteTemplate()
const about = { model: 'clerk', driver: 'in-process', exact: true, logprobs: 'raw', seeded: true } as const

/** Draws token by token from the turns that are still open, so that it can go on from anywhere in one of them. */
export const policy = functionPolicy(declareCapabilities(about), ({ images, sampling, signal, tokens: history }) => {
  signal.throwIfAborted()
  if (images.length > 0) throw new FaultError('policy', 'no_images', 'The clerk takes no images.')
  const { maxTokens, seed, stopTokens, temperature } = sampling
  const turn = history.slice(history.lastIndexOf(ids.thinkOpen) + 1)
  const [tokens, logprobs]: [number[], number[]] = [[], []]
  let open = turnsAfter(template.decode(history)).filter((one) => turn.every((id, at) => one.turn[at] === id))
  while (tokens.length < maxTokens && !stopTokens.includes(tokens.at(-1) ?? -1)) {
    const next = Map.groupBy(open, (one) => one.turn[turn.length] ?? ids.turnEnd)
    const total = (some: typeof open = []): number => some.reduce((sum, { odds }) => sum + odds, 0)
    // The highest sum of log odds and Gumbel noise is a draw by the odds; without noise it is the likeliest.
    const score = (id: number): number => {
      const uniform = (deriveSeed(seed, `token ${turn.length}`, id) + 0.5) / 2 ** 32
      return Math.log(total(next.get(id))) - temperature * Math.log(-Math.log(uniform))
    }
    const id = [...next.keys()].toSorted((a, b) => score(b) - score(a))[0] ?? ids.turnEnd
    logprobs.push(Math.log(total(next.get(id)) / total(open)))
    open = next.get(id) ?? []
    tokens.push(id)
    turn.push(id)
  }
  return { tokens, logprobs, finish: stopTokens.includes(tokens.at(-1)!) ? 'stop' : 'length' }
})
export const checks = { prompt: [ids.thinkOpen], stopTokens: [ids.turnEnd] }
