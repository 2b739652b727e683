// What the agent of `explorer.ts` drew and saw, in the shapes of a trajectory.
import type { Segment, ToolOutcome, TurnRecord } from '@interleave/trajectory'
import { vocabulary, type Turn } from './explorer.ts'

// AXPO goes on from just after the tag that opens a call, and reads the call's confidence up to the tag that closes it.
const tags: Record<string, Segment['tag']> = { '[look]': 'call-open', '[/look]': 'call-close', '[name]': 'answer-open' }

/** A segment for each word of a run, and a record of each turn. The first `frozen` tokens come from another run. */
export function toSegments(run: readonly Turn[], frozen: number): { segments: Segment[]; turns: TurnRecord[] } {
  const segments: Segment[] = []
  const turns: TurnRecord[] = []
  for (const [index, { seen, drawn }] of run.entries()) {
    // The prompt is of turn 0; an observation is of the turn whose call it answers.
    const kind = index === 0 ? 'prompt' : 'observation'
    segments.push({ kind, turn: index, origin: 'context', text: seen, tokens: [vocabulary.indexOf(seen)] })
    const start = Math.max(segments.length, frozen)
    for (const { word, logprob } of drawn) {
      // Tokens of the prefix are inherited: kept as they were drawn, and not trained here.
      const origin = segments.length < frozen ? 'inherited' : 'policy'
      const token = { text: word, tokens: [vocabulary.indexOf(word)], logprobs: [logprob] }
      segments.push({ ...partOf(word, run[index + 1]?.seen), turn: index + 1, origin, ...token })
    }
    turns.push({ prompt: start, sampled: segments.length - start, finish: 'stop' })
  }
  return { segments, turns }
}

/** What a drawn word is. `result` is what the agent was shown after the turn, where it was shown anything. */
function partOf(word: string, result: string | undefined): Pick<Segment, 'kind' | 'tag' | 'call' | 'outcome'> {
  const tag = tags[word]
  if (tag !== undefined) return { kind: 'template', tag }
  if (word === 'Hm.') return { kind: 'thinking' }
  if (result === undefined) return { kind: 'answer' }
  const content: ToolOutcome['content'] = [{ type: 'text', text: result }]
  return {
    kind: 'acting',
    call: { id: 'call', tool: 'look', raw: word, input: word },
    outcome: { callId: 'call', tool: 'look', index: 0, status: 'ok', content },
  }
}
