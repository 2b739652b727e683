// Somebody else's agent as an AXPO rollout source, by shape alone: its own tokens and tags, no environment of ours.
import assert from 'node:assert/strict'
import { sampleStep, type RolloutRequest, type RolloutSource } from '@interleave/axpo'
import { contentHash, deriveSeed, lintCredit, lintTrajectory, trajectoryFormat } from '@interleave/trajectory'
import type { Segment, Task, Trajectory } from '@interleave/trajectory'
import { toSegments } from './explorer-segments.ts'
import { explore, places, question, tool, vocabulary } from './explorer.ts'

const limits = { turns: 2, tokens: 6, callsPerTurn: 1, deadlineMs: 1_000 }
const template = { name: 'words', hash: contentHash(vocabulary.join()), imagePad: vocabulary.length }
const environment = { name: 'gold', version: '1', tools: [tool], limits, template }
// Its logprobs are of the distribution that it draws from, at temperature 1: ranking and credit need that.
const sampling = { temperature: 1 }
const policy = { model: 'explorer', driver: 'none', exact: true, logprobs: 'raw', sampling } as const
const about = { format: trajectoryFormat, environment, policy, media: [], scores: [] } satisfies Partial<Trajectory>

/** One run of the agent as the trajectory that was asked for: from the question, or from the tokens of a prefix. */
function play(task: Task, { groupId, id, index, seed, signal }: RolloutRequest, prefix: Segment[] = []): Trajectory {
  const random = (nth: number): number => deriveSeed(seed, 'draw', nth) / 2 ** 32
  // A word was one token and is one segment; all of the prefix but the question was drawn.
  const forced = prefix.slice(1).map(({ text }) => text)
  const { segments, turns } = toSegments(explore(task.reference, random, forced), prefix.length)
  const reward = segments.at(-1)?.text === task.reference ? 1 : 0
  const timing = { startedAt: new Date().toISOString(), wallMs: 0, generateMs: [], calls: [] }
  const record = { ...about, id, seed, task, group: { id: groupId, index }, segments, turns, timing }
  return signal.aborted ? { ...record, stop: 'cancelled', reward: null } : { ...record, stop: 'answered', reward }
}

export const source: RolloutSource = {
  rollout: async (task, request) => play(task, request),
  resume: async ({ source, at }, request) => ({
    ...play(source.task, request, source.segments.slice(0, at)),
    branch: { from: source.id, at, index: request.index },
  }),
}

const taskOf = (gold: string): Task => ({ id: gold, prompt: [{ type: 'text', text: question }], reference: gold })
/** What `interleave check` needs: a task on which the source calls a tool at least sometimes. */
export const checks = { task: taskOf('west') }

if (import.meta.main) {
  const { credit, trajectories } = await sampleStep({ source, tasks: places.map(taskOf), seed: 8, step: 0 })
  // Of one rollout whose look failed: the credit of its prefix, and of the looks that were drawn in place of that one.
  const from = trajectories.find(({ branch }) => branch !== undefined)?.branch?.from
  assert.ok(from !== undefined)
  assert.ok(trajectories.some(({ branch, reward }) => branch?.from === from && reward === 1))
  for (const [index, trajectory] of trajectories.entries()) {
    assert.deepEqual([...lintTrajectory(trajectory), ...lintCredit(credit[index]!, trajectory)], [])
    if (!trajectory.id.startsWith(from)) continue
    const [, ...words] = trajectory.segments.map(({ text }) => text)
    const [span] = credit[index]!.spans
    console.log(`${words.join(' ')}: reward ${trajectory.reward}, ${span?.role} ${span?.advantage.toFixed(2)}`)
  }
}
