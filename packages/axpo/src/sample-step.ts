import { isDeepStrictEqual } from 'node:util'
import { deriveSeed, InterleaveError, type Trajectory } from '@interleave/trajectory'
import { assembleStep } from './assemble-step.ts'
import { createBudget } from './budget.ts'
import { createDecider } from './decider.ts'
import { describeOutcome, describeRollout, type DescribeOptions } from './describe-rollout.ts'
import { firstAction } from './first-action.ts'
import type { ResolvedOptions } from './options.ts'
import { checkBudget, type Plan } from './plan-batch.ts'
import { runJobs } from './run-jobs.ts'
import { sampleOne } from './sample-one.ts'
import type { SampleStepInput } from './sample-step-input.ts'
import { continuationIdOf, groupIdOf, rolloutIdOf } from './step-ids.ts'
import { resolveStepOptions } from './step-options.ts'
import type { StepResult } from './step-result.ts'
import { createStepState, type Job } from './step-state.ts'
import type { PlanEntry } from './step-store.ts'

/**
 * One AXPO step: N rollouts for each task, the prefixes of failed tool calls that are worth it, K continuations of each,
 * and the credit of every trained token in logical offsets. With a store it goes on where it was cut off.
 *
 * Rejects with the signal's reason on abort, and with an `InterleaveError` on bad options, on logprobs that are not of the
 * sampled distribution, and on a source that breaks its rules; the budget is then as it was before.
 */
export async function sampleStep(input: SampleStepInput): Promise<StepResult> {
  const { rollouts: perTask, retries, logprobs, ...rest } = resolveStepOptions(input.options)
  const { source, tasks, seed, step, store, concurrency = 64 } = input
  const options: ResolvedOptions = { ...rest, seed: deriveSeed(seed, 'random ranking', step) }
  const { variant } = options
  const describe: DescribeOptions = { variant, logprobs, ...(input.success && { success: input.success }) }
  const budget = input.budget ?? createBudget({ budget: options.budget, resamples: options.resamples })
  checkBudget(budget, options)
  if (tasks.length === 0) throw new InterleaveError('no_tasks', 'A step needs at least one task.')
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new InterleaveError('bad_options', `concurrency: expected a whole number from 1, got ${concurrency}.`)

  const controller = new AbortController()
  const before = budget.snapshot()
  const state = createStepState(tasks.length, perTask, options.resamples)
  let closed = false
  const decider = createDecider({
    step,
    groups: tasks.length,
    options,
    budget,
    logged: (await store?.entries(step)) ?? [],
    append: async (entry) => store?.append(entry),
    select: (ref) => {
      const action = firstAction(state.rollout(ref.group, ref.source), variant === 'noToolTarget' ? 'answer' : 'call')
      state.select(ref, variant === 'noPrefixFix' ? 0 : action!.at)
    },
  })

  async function sample(job: Job): Promise<Trajectory> {
    const { group, index, source: from } = job
    const groupId = groupIdOf(step, group)
    const id = from === undefined ? rolloutIdOf(groupId, index) : continuationIdOf(rolloutIdOf(groupId, from), index)
    const kept = await store?.find(step, id)
    if (kept !== undefined) {
      if (isDeepStrictEqual(kept.task, tasks[group])) return kept
      throw new InterleaveError(
        'other_task',
        `${id} was sampled for another question than task "${tasks[group]!.id}" is now: the questions or their images were changed. Resume with the same, or begin a new run.`,
      )
    }
    const request = { id, groupId, index, sessionKey: groupId, seed: deriveSeed(seed, 'trajectory', id) }
    const fresh = from === undefined || variant === 'noPrefixFix'
    const trajectory = await sampleOne(
      source,
      fresh ? { task: tasks[group]! } : { prefix: { source: state.rollout(group, from), at: state.cutOf(job) } },
      { ...request, signal: controller.signal },
      retries,
    )
    // What a source hands in after the step was given up is nobody's any more.
    return store === undefined || closed ? trajectory : store.save(step, trajectory)
  }

  async function run(job: Job): Promise<void> {
    const trajectory = await sample(job)
    if (job.source === undefined) {
      const group = state.addRollout(job, { trajectory, facts: describeRollout(trajectory, describe) })
      if (group !== undefined) await decider.finish(job.group, group)
    } else state.addContinuation(job, { trajectory, facts: describeOutcome(trajectory, describe) })
    input.onProgress?.(state.progress())
  }

  try {
    budget.startStep()
    const signal = input.signal ?? controller.signal
    const stop = (reason: unknown): void => controller.abort(reason)
    await runJobs({ next: () => state.next(), run, limit: concurrency, signal, stop })
    const plan = mergePlans(decider.entries, variant === 'grpo' ? 0 : budget.slots)
    const assembled = assembleStep(step, tasks, state.sampled(), plan, options)
    const result: StepResult = { ...assembled, budget: budget.snapshot(), entries: decider.entries }
    await store?.commit(result)
    return result
  } catch (error) {
    budget.restore(before)
    throw error
  } finally {
    closed = true
  }
}

/** The decisions of a step as one plan, given what they left of the budget. */
function mergePlans(entries: readonly PlanEntry[], left: number): Plan {
  const selected = entries.flatMap((entry) => entry.selected)
  const used = selected.length
  const triggered = entries.flatMap((entry) => entry.triggered).toSorted((a, b) => a - b)
  return { triggered, selected, slots: { available: used + left, used } }
}
