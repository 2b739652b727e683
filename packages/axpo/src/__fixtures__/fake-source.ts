import { setTimeout as sleep } from 'node:timers/promises'
import type { Prefix, RolloutRequest, RolloutSource } from '../rollout-source.ts'
import type { Task, Trajectory } from '@interleave/trajectory'
import { exampleTrajectory, TrajectoryBuilder } from '@interleave/trajectory/testing'

export interface FakeSourceOptions {
  /** Share of rollouts that come back void. */
  readonly voids?: number
  /** Milliseconds a rollout takes at most; drawn from the clock's side, not the seed's, so that arrival order varies. */
  readonly delayMs?: number
  readonly rewards?: (random: () => number) => number
  readonly onCall?: (request: RolloutRequest, prefix?: Prefix) => void
}

/** A generator of numbers from 0 to 1 out of a seed (xorshift). */
export function randomOf(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

export function fakeTask(index: number): Task {
  return { id: `task-${index}`, prompt: [{ type: 'text', text: `Question ${index}?` }] }
}

const word = (random: () => number): string => 'abcdefghijklmnopqrstuvwxyz'.slice(0, 1 + Math.floor(random() * 20))

/** Turns of a rollout, from its start or after the opening tag of its first call: calls, malformed and unclosed ones included. */
function writeTurns(
  built: TrajectoryBuilder,
  random: () => number,
  resumedIn: 'call' | 'answer' | undefined,
): 'answered' | 'turn_limit' {
  const tools = ['zoom', 'python', 'made-up']
  for (let turn = 1; turn <= 3; turn += 1) {
    const resumed = turn === 1 ? resumedIn : undefined
    if (resumed === undefined) built.think(word(random))
    if (resumed === 'answer' || (resumed === undefined && random() < 0.4)) {
      if (resumed === undefined && random() < 0.8) built.tag('answer-open')
      built.answer(word(random))
      return 'answered'
    }
    if (resumed === undefined) built.tag('call-open')
    built.callBody(tools[Math.floor(random() * 3)] ?? '', random() < 0.2 ? '{"broken' : { x: word(random) })
    if (random() < 0.8) built.tag('call-close')
    built.tag('turn-end')
    if (turn < 3) built.observe({ text: word(random) })
  }
  return 'turn_limit'
}

/** Random trajectories of one to three turns with observations between them, the same for the same seed. */
export function fakeSource(options: FakeSourceOptions = {}): RolloutSource {
  const { voids = 0, delayMs = 0, rewards = (random) => (random() < 0.25 ? 1 : 0), onCall } = options

  async function make(request: RolloutRequest, task: Task, prefix?: Prefix): Promise<Trajectory> {
    onCall?.(request, prefix)
    if (delayMs > 0) await sleep(Math.random() * delayMs)
    const random = randomOf(request.seed)
    for (let round = 0; round < 8; round += 1) random()
    const isVoid = random() < voids
    const built =
      prefix === undefined
        ? new TrajectoryBuilder().prompt(task.id)
        : TrajectoryBuilder.resume(prefix.source, prefix.at)
    const tag = built.segments.at(-1)?.tag
    const end = writeTurns(built, random, prefix === undefined ? undefined : tag === 'answer-open' ? 'answer' : 'call')
    for (const segment of built.segments)
      if (segment.origin === 'policy') segment.logprobs = segment.tokens.map(() => -random() * 2)
    const stop = request.signal.aborted ? 'cancelled' : isVoid ? 'fault' : end
    return exampleTrajectory({
      id: request.id,
      seed: request.seed,
      task,
      group: { id: request.groupId, index: request.index },
      ...(prefix && { branch: { from: prefix.source.id, at: prefix.at, index: request.index } }),
      segments: built.segments,
      turns: built.turns,
      media: built.media,
      environment: {
        ...exampleTrajectory().environment,
        tools: ['zoom', 'python'].map((name) => ({ name, description: '', input: {} })),
      },
      stop,
      ...(stop === 'fault' && { fault: { boundary: 'tool', code: 'gone', message: 'The tool is gone.' } }),
      scores: [],
      reward: stop === end ? rewards(random) : null,
      timing: { startedAt: new Date().toISOString(), wallMs: performance.now(), generateMs: [], calls: [] },
    })
  }

  return {
    rollout: (task, request) => make(request, task),
    resume: (prefix, request) => make(request, prefix.source.task, prefix),
  }
}
