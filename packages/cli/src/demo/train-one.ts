import { trainSteps, type StepResult } from '@interleave/axpo'
import { deriveSeed, seededRandom, type Task } from '@interleave/trajectory'
import { countRecoveries } from './recoveries.ts'
import { evaluate } from './evaluate.ts'
import { methodOf } from './methods.ts'
import type { Evaluation, StepRecord } from './step-record.ts'
import type { StudyRun, StudySettings } from './study-settings.ts'
import type { StudyWorld } from './study-world.ts'

/** What is told of a step: its record, and the step itself, which is let go after. */
export interface ToldStep {
  readonly record: StepRecord
  readonly result?: StepResult
}

/**
 * One training of one method, a record a step. Runs of one number start alike under every method: same policy, same
 * questions in the same order, same seeds.
 */
export async function* trainOne(
  world: StudyWorld,
  settings: StudySettings,
  { method, run }: StudyRun,
  signal: AbortSignal,
): AsyncGenerator<ToldStep, void, undefined> {
  const seed = deriveSeed(settings.seed, 'run', run)
  const { learningRate = settings.learningRate, options } = methodOf(method)
  await using policy = world.policy(learningRate)
  const source = world.connect(policy)
  let rollouts = 0

  function evaluateAfter(step: number): Promise<Evaluation> | undefined {
    const { along, end } = settings.evaluationRollouts
    if (step < settings.steps && step % settings.evaluateEvery !== 0) return undefined
    const evaluating = {
      rollouts: step === settings.steps ? end : along,
      seed: deriveSeed(seed, 'evaluation', step),
      signal,
    }
    return evaluate(source, world.heldOut, evaluating)
  }

  yield { record: await recordOf(0, evaluateAfter(0)) }
  const steps = trainSteps({
    source,
    seed: deriveSeed(seed, 'training', 0),
    options,
    steps: settings.steps,
    tasks: drawQuestions(world.training, settings.questions, seed),
    update: ({ credit, trajectories }) => policy.update({ credit, trajectories, media: world.media, signal }),
    signal,
  })
  for await (const { result, update } of steps) {
    const { allWrongTool, successRate, toolUseRate } = result.diagnostics
    rollouts += result.trajectories.length
    const training = {
      correct: successRate,
      toolUse: toolUseRate,
      allWrong: allWrongTool,
      ...countRecoveries(result, options.variant),
      trainedTokens: update.trainedTokens,
      metrics: { ...update.metrics },
    }
    const record = await recordOf(result.step + 1, evaluateAfter(result.step + 1))
    yield { record: { ...record, training }, result }
  }

  async function recordOf(step: number, evaluating: Promise<Evaluation> | undefined): Promise<StepRecord> {
    const evaluation = await evaluating
    return { method, run, step, rollouts, ...(evaluation !== undefined && { evaluation }) }
  }
}

/** Draws each step's questions: all are used once, in a random order, before any comes again. */
function drawQuestions(tasks: readonly Task[], count: number, seed: number): () => Task[] {
  const random = seededRandom(deriveSeed(seed, 'questions', 0))
  let left: Task[] = []
  return () => {
    const drawn: Task[] = []
    while (drawn.length < count) {
      if (left.length === 0) left = shuffled(tasks, random)
      drawn.push(...left.splice(0, count - drawn.length))
    }
    return drawn
  }
}

function shuffled(tasks: readonly Task[], random: () => number): Task[] {
  const order = tasks.map((task) => ({ task, key: random() }))
  return order.toSorted((one, other) => one.key - other.key).map(({ task }) => task)
}
