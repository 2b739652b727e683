import {
  isInterleaveError,
  trajectoryFormat,
  type Media,
  type Task,
  type Timing,
  type Trajectory,
} from '@interleave/trajectory'
import { toFault } from './boundary.ts'
import { endInVain, type Ending } from './ending.ts'
import { openLifetime } from './lifetime.ts'
import { hasCalls } from './prefix-sessions.ts'
import type { PreparedTask } from './prepared-task.ts'
import type { ResumedFrom, RolloutContext, RolloutRequest } from './rollout-context.ts'
import { runTurns } from './rollout-loop.ts'
import { imagesOf, mediaTable, storeMedia } from './rollout-media.ts'
import { RolloutRecord } from './rollout-record.ts'
import { scoreRollout } from './score-rollout.ts'

/**
 * One rollout from its first token, or from a prefix, to its reward. Throws `disk_full` or `unwritable_file` where the media
 * store cannot take its images, and nothing else.
 */
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
  const { id, seed } = request
  let session = context.runner.open({ id, seed, signal, images: prepared.images })
  let leavePrefix: (() => Promise<void>) | undefined
  let ended = false

  async function play(): Promise<Ending> {
    record.images.push(...prepared.images)
    record.adopt(resumed?.frozen.before ?? prepared.segments)
    if (resumed !== undefined) {
      record.turns.push(...resumed.prefix.source.turns.slice(0, resumed.frozen.turn - 1))
      await goBack(resumed)
    }
    const stop = await runTurns({ ...context, session, record, request, signal, timing }, resumed?.frozen)
    const verifying = performance.now()
    const unscored = assemble({ stop, scores: [], reward: null }, [])
    const scored = await scoreRollout(context.environment, unscored, prepared.references, signal)
    timing.verifyMs = performance.now() - verifying
    return { stop, ...scored }
  }

  async function goBack(from: ResumedFrom): Promise<void> {
    const { before } = from.frozen
    if (!hasCalls(before)) return
    const entered = await context.prefixes.enter(from, prepared.images, { id, seed, signal })
    if (ended) {
      // Left behind after its deadline: nobody would tidy up any more.
      await entered.session[Symbol.asyncDispose]()
      await entered.leave()
      return
    }
    leavePrefix = entered.leave
    session = entered.session
    for (const { outcome } of before) if (outcome !== undefined) record.images.push(...imagesOf(outcome, session))
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
    ended = true
    lifetime.close()
  }
  try {
    if (ending.stop !== 'cancelled') await storeMedia(context.media, session)
  } catch (error) {
    // A disk that is full stops everything: voiding rollout after rollout would only hide it.
    if (isInterleaveError(error, 'disk_full') || isInterleaveError(error, 'unwritable_file')) throw error
    ending = endInVain(toFault('media', error), false)
  } finally {
    await session[Symbol.asyncDispose]()
    await leavePrefix?.()
  }
  timing.wallMs = performance.now() - started
  const trajectory = assemble(ending, mediaTable(session))
  // A rollout that was left behind may still write to its record: what is returned must not change any more.
  return ending.stop === 'fault' || ending.stop === 'cancelled' ? structuredClone(trajectory) : trajectory
}
