import type { ChatTemplate } from '@interleave/chat-template'
import type { Policy } from '@interleave/policy'
import type { ToolRunner, ToolSession } from '@interleave/tool'
import {
  trajectoryFormat,
  type Media,
  type MediaStore,
  type Task,
  type Timing,
  type Trajectory,
} from '@interleave/trajectory'
import { isFault, toFault } from './boundary.ts'
import type { Environment } from './environment.ts'
import { openLifetime } from './lifetime.ts'
import type { FrozenPrefix, Prefix } from './prefix.ts'
import type { PreparedTask } from './prepared-task.ts'
import { replayCalls } from './replay-calls.ts'
import { runTurns } from './rollout-loop.ts'
import { RolloutRecord } from './rollout-record.ts'
import { scoreRollout } from './score-rollout.ts'

/** Which rollout is asked for. The same seed asks for the same rollout. */
export interface RolloutRequest {
  readonly id: string
  readonly groupId: string
  readonly index: number
  readonly sessionKey: string
  readonly seed: number
  readonly signal: AbortSignal
}

/** What all rollouts of a source share. */
export interface RolloutContext {
  readonly environment: Environment
  readonly policy: Policy
  readonly template: ChatTemplate
  readonly media: MediaStore
  readonly runner: ToolRunner
  readonly fixed: Pick<Trajectory, 'environment' | 'policy'>
}

export interface ResumedFrom {
  readonly prefix: Prefix
  readonly frozen: FrozenPrefix
}

/** How a rollout ended: what the loop and the verifiers make of it. */
type Ending = Pick<Trajectory, 'stop' | 'scores' | 'reward' | 'fault'>

/** One rollout from its first token, or from a prefix, to its reward. Never throws. */
export async function runRollout(
  context: RolloutContext,
  task: Task,
  prepared: PreparedTask,
  request: RolloutRequest,
  resumed?: ResumedFrom,
): Promise<Trajectory> {
  const started = performance.now()
  const timing: Timing = { startedAt: new Date().toISOString(), wallMs: 0, generateMs: [], calls: [] }
  const record = new RolloutRecord(context.template.imagePad)
  const lifetime = openLifetime(request.signal, context.environment.limits.deadlineMs)
  const { signal } = lifetime
  const session = context.runner.open({
    id: request.id,
    seed: request.seed,
    signal,
    images: prepared.images,
    ...(resumed !== undefined && {
      inherited: { seed: resumed.prefix.source.seed, calls: countCalls(resumed.frozen) },
    }),
  })

  async function play(): Promise<Ending> {
    record.images.push(...prepared.images)
    record.adopt(resumed?.frozen.before ?? prepared.segments)
    if (resumed !== undefined) {
      record.turns.push(...resumed.prefix.source.turns.slice(0, resumed.frozen.turn - 1))
      await replayCalls(session, record, resumed.frozen.before)
    }
    const stop = await runTurns({ ...context, session, record, request, signal, timing }, resumed?.frozen)
    const verifying = performance.now()
    const unscored = assemble({ stop, scores: [], reward: null }, [])
    const scored = await scoreRollout(context.environment, unscored, prepared.references, signal)
    timing.verifyMs = performance.now() - verifying
    return { stop, ...scored }
  }

  function assemble(ending: Ending, media: Media[]): Trajectory {
    const { fault, reward, scores, stop } = ending
    const source = resumed?.prefix.source
    const trajectory: Trajectory = {
      format: trajectoryFormat,
      id: request.id,
      seed: request.seed,
      task,
      ...context.fixed,
      group: { id: request.groupId, index: request.index },
      segments: record.segments,
      turns: record.turns,
      media,
      stop,
      scores,
      reward,
      timing,
    }
    if (resumed !== undefined && source !== undefined)
      trajectory.branch = { from: source.id, at: resumed.prefix.at, index: request.index }
    if (fault !== undefined) trajectory.fault = fault
    if (session.releaseFailures.length > 0) trajectory.info = { releaseFailures: [...session.releaseFailures] }
    return trajectory
  }

  let ending: Ending
  try {
    ending = await Promise.race([play(), lifetime.abandoned])
  } catch (error) {
    ending = endInVain(signal.aborted ? signal.reason : error, request.signal.aborted)
  } finally {
    lifetime.close()
  }
  if (ending.stop !== 'cancelled') {
    try {
      await storeMedia(context.media, session)
    } catch (error) {
      ending = endInVain(toFault('media', error), false)
    }
  }
  await session[Symbol.asyncDispose]()
  timing.wallMs = performance.now() - started
  const trajectory = assemble(ending, mediaTable(session))
  // A rollout that was left behind may still write to its record: what is returned must not change any more.
  return ending.stop === 'fault' || ending.stop === 'cancelled' ? structuredClone(trajectory) : trajectory
}

/** New images are written before the trajectory that names them exists. */
async function storeMedia(store: MediaStore, session: ToolSession): Promise<void> {
  for (const image of session.images) if (!(await store.has(image))) await store.put(image)
}

function countCalls({ before }: FrozenPrefix): number {
  return before.filter(({ call, outcome }) => call !== undefined && outcome !== undefined).length
}

function mediaTable(session: ToolSession): Media[] {
  const table = new Map<string, Media>()
  for (const { hash, mime, width, height, limits, parent } of session.images) {
    if (table.has(hash)) continue
    const media: Media = { hash, mime, width, height }
    if (limits !== undefined) media.limits = limits
    if (parent !== undefined) media.parent = parent
    table.set(hash, media)
  }
  return [...table.values()]
}

function endInVain(reason: unknown, cancelled: boolean): Ending {
  if (cancelled && !isFault(reason)) return { stop: 'cancelled', scores: [], reward: null }
  const { boundary, code, message } = toFault('setup', reason)
  return { stop: 'fault', fault: { boundary, code, message }, scores: [], reward: null }
}
