import { toolUsing } from '@interleave/axpo'
import { runRollouts, type EnvironmentSource } from '@interleave/environment'
import { InterleaveError, type Task, type Trajectory } from '@interleave/trajectory'
import { mean } from './mean.ts'
import type { Evaluation } from './step-record.ts'

/** Rollouts of a question that an all-wrong rate is counted over: the paper's N. */
const subgroupOf = 8

export interface EvaluateOptions {
  readonly rollouts: number
  readonly seed: number
  readonly signal: AbortSignal
}

/** Ordinary rollouts of each task, at temperature 1 and under the limits of training, and what they came to. */
export async function evaluate(
  source: EnvironmentSource,
  tasks: readonly Task[],
  options: EvaluateOptions,
): Promise<Evaluation> {
  const verdicts: Verdict[] = []
  for await (const trajectory of runRollouts(source, tasks, options)) verdicts.push(verdictOf(trajectory))
  return summarise(chunks(verdicts, options.rollouts))
}

/** What an evaluation needs of one rollout. */
export interface Verdict {
  readonly correct: boolean
  readonly tool: boolean
}

function verdictOf(trajectory: Trajectory): Verdict {
  if (trajectory.reward === null)
    throw new InterleaveError(
      'void_rollout',
      `${trajectory.id} of the evaluation is void: ${trajectory.fault?.message ?? trajectory.stop}.`,
    )
  return { correct: trajectory.reward === 1, tool: toolUsing(trajectory) }
}

/** The figures of an evaluation, out of each question's rollouts. Pass@4 is the unbiased estimate over all choices of four. */
export function summarise(questions: readonly (readonly Verdict[])[]): Evaluation {
  const correct = questions.map((rollouts) => rollouts.filter((rollout) => rollout.correct).length)
  const passAt = (k: number): number =>
    mean(questions.map((rollouts, index) => passAtK(rollouts.length, correct[index] ?? 0, k))) ?? 0
  const blocks = questions.flatMap((rollouts) => chunks(rollouts, subgroupOf))
  const allWrong = (tool: boolean): number | null => {
    const subgroups = blocks.map((block) => block.filter((rollout) => rollout.tool === tool))
    return mean(subgroups.filter((own) => own.length > 0).map((own) => Number(!own.some((one) => one.correct))))
  }
  return {
    passAt1: passAt(1),
    passAt4: passAt(4),
    toolUse: mean(questions.flat().map((rollout) => Number(rollout.tool))) ?? 0,
    allWrong: allWrong(true),
    allWrongNoTool: allWrong(false),
  }
}

/**
 * The chance that at least one of k rollouts, drawn without replacement from n of which c are correct, is correct. Chen et
 * al., arXiv 2107.03374, section 2.1. With fewer than k rollouts: whether any is.
 */
export function passAtK(n: number, c: number, k: number): number {
  let none = 1
  for (let drawn = 0; drawn < Math.min(k, n); drawn += 1) none *= Math.max(0, n - c - drawn) / (n - drawn)
  return 1 - none
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
