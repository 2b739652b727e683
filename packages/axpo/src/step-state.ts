import type { Trajectory } from '@interleave/trajectory'
import type { GroupFacts, OutcomeFacts, RolloutFacts, SourceRef } from './batch.ts'
import type { StepProgress } from './sample-step-input.ts'
import type { Sampled, SampledSource, SampledStep } from './sampled-step.ts'

/** One trajectory to sample: rollout `index` of a group, or continuation `index` of the group's rollout `source`. */
export interface Job {
  readonly group: number
  readonly index: number
  readonly source?: number
}

/** What a step has sampled so far, and what comes next. */
export interface StepState {
  /** The next job to start; undefined while there is none, which a new selection can change. */
  next(): Job | undefined
  rollout(group: number, index: number): Trajectory
  /** Takes a rollout in. Returns its group once that is whole. */
  addRollout(job: Job, sampled: Sampled<RolloutFacts>): GroupFacts | undefined
  /** Queues the continuations of a source from a logical offset on. */
  select(ref: SourceRef, at: number): void
  /** The logical offset that the continuations of a selected source start from. */
  cutOf(job: Job): number
  addContinuation(job: Job, sampled: Sampled<OutcomeFacts>): void
  progress(): StepProgress
  sampled(): SampledStep
}

/** The state of a step of some groups of `rollouts` each, with `resamples` continuations for each selected source. */
export function createStepState(groups: number, rollouts: number, resamples: number): StepState {
  const members = Array.from({ length: groups }, (): Sampled<RolloutFacts>[] => [])
  const missing = members.map(() => rollouts)
  const sources = new Map<string, SampledSource & { continuations: Sampled<OutcomeFacts>[] }>()
  const queue: Job[] = []
  const done = { rollouts: 0, continuations: 0, void: 0 }
  let started = 0
  let queued = 0

  const sourceOf = (job: Job): SampledSource & { continuations: Sampled<OutcomeFacts>[] } =>
    sources.get(`${job.group}.${job.source}`)!
  return {
    next() {
      // Continuations first: in streaming mode they finish one group before others are begun.
      if (queued < queue.length) return queue[queued++]
      if (started === groups * rollouts) return undefined
      const job = { group: Math.floor(started / rollouts), index: started % rollouts }
      started += 1
      return job
    },
    rollout: (group, index) => members[group]![index]!.trajectory,
    addRollout({ group, index }, sampled) {
      members[group]![index] = sampled
      done.rollouts += 1
      if (sampled.facts.reward === null) done.void += 1
      missing[group]! -= 1
      return missing[group] === 0 ? { rollouts: members[group]!.map(({ facts }) => facts) } : undefined
    },
    select(ref, at) {
      sources.set(`${ref.group}.${ref.source}`, { ...ref, at, continuations: [] })
      for (let index = 0; index < resamples; index += 1) queue.push({ ...ref, index })
    },
    cutOf: (job) => sourceOf(job).at,
    addContinuation(job, sampled) {
      sourceOf(job).continuations[job.index] = sampled
      done.continuations += 1
      if (sampled.facts.reward === null) done.void += 1
    },
    progress: () => ({
      rollouts: { done: done.rollouts, total: groups * rollouts },
      continuations: { done: done.continuations, total: queue.length },
      void: done.void,
    }),
    sampled: () => ({ rollouts: members, sources: [...sources.values()] }),
  }
}
