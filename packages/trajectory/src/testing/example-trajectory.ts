import { creditFormat, type Credit, type CreditSpan } from '../credit.ts'
import { groupFormat, type Group } from '../group.ts'
import type { Image } from '../media.ts'
import { placeSegments, sampledRuns } from '../offsets.ts'
import { trajectoryFormat, type Trajectory } from '../trajectory.ts'
import { exampleImage } from './example-image.ts'
import { TrajectoryBuilder, examplePad } from './trajectory-builder.ts'

/** The images of the example: the task's picture and the part of it that the zoom tool returned. Put them in a store. */
export function exampleImages(): { picture: Image; crop: Image } {
  const picture = exampleImage({ width: 16, height: 16 })
  const crop = exampleImage({ color: [30, 30, 200], parent: { hash: picture.hash, box: [0, 0, 8, 8] } })
  return { picture, crop }
}

const timing = { startedAt: '2026-01-01T00:00:00.000Z', wallMs: 3, generateMs: [1, 1, 1], calls: [] }

function complete(id: string, built: Pick<Trajectory, 'segments' | 'turns' | 'media'>): Trajectory {
  const { picture } = exampleImages()
  const { hash, mime, width, height } = picture
  return {
    format: trajectoryFormat,
    id,
    seed: 7,
    task: {
      id: 'task-0',
      prompt: [
        { type: 'text', text: 'Which colour is the mark?' },
        { type: 'image', hash, mime, width, height },
      ],
      reference: 'blue',
    },
    environment: {
      name: 'example',
      version: '1',
      tools: [{ name: 'image_zoom_in_tool', description: 'Shows a part of an image.', input: { type: 'object' } }],
      limits: { turns: 3, tokens: 4096, callsPerTurn: 4, deadlineMs: 60_000 },
      template: { name: 'bytes', hash: '0'.repeat(64), imagePad: examplePad },
    },
    policy: { model: 'example', driver: 'example', exact: true, logprobs: 'raw', sampling: { temperature: 1 } },
    group: { id: 'group-0', index: 0 },
    segments: built.segments,
    turns: built.turns,
    media: built.media,
    stop: 'answered',
    scores: [{ verifier: 'exact', status: 'scored', score: 1, weight: 1, answer: 'blue', explanation: 'Equal.' }],
    reward: 1,
    timing,
  }
}

/**
 * A valid trajectory of three turns: a call answered by an image, a call answered by an error, an answer; two images,
 * logprobs on every sampled token, reward 1. The same object on every machine; `overrides` replace whole fields.
 */
export function exampleTrajectory(overrides: Partial<Trajectory> = {}): Trajectory {
  const { picture, crop } = exampleImages()
  const built = new TrajectoryBuilder()
    .prompt('Which colour is the mark?', picture)
    .think('It is too small to see.')
    .call('image_zoom_in_tool', { bbox_2d: [0, 0, 500, 500], label: 'mark', img_idx: 0 })
    .tag('turn-end')
    .observe({ text: 'Here it is.', image: crop })
    .think('I look once more.')
    .call('image_zoom_in_tool', '{"bbox_2d": [0, 0')
    .tag('turn-end')
    .observe({ text: 'Not valid JSON.', error: { code: 'invalid_call', message: 'Not valid JSON.' } })
    .think('Blue.')
    .answer('blue')
  return { ...complete('rollout-0', built), ...overrides }
}

/** The logical offset just after the first opening tag of a call: where AXPO cuts. Throws where there is none. */
export function exampleBoundary(trajectory: Trajectory): number {
  const boundary = placeSegments(trajectory.segments).find(({ segment }) => segment.tag === 'call-open')
  if (boundary === undefined) throw new Error('This trajectory has no call.')
  return boundary.end
}

/** A valid continuation of `source` (by default the example) from its first boundary, with a call and an answer. */
export function exampleContinuation(
  source: Trajectory = exampleTrajectory(),
  overrides: Partial<Trajectory> = {},
): Trajectory {
  const at = exampleBoundary(source)
  const built = TrajectoryBuilder.resume(source, at)
    .callBody('image_zoom_in_tool', { bbox_2d: [500, 500, 1000, 1000], label: 'mark', img_idx: 0 })
    .tag('call-close')
    .tag('turn-end')
    .observe({ text: 'Here it is.', image: exampleImages().crop })
    .think('Blue after all.')
    .answer('blue')
  const branch = { from: source.id, at, index: 0 }
  return { ...complete(`${source.id}-continuation-0`, built), branch, ...overrides }
}

/** A valid credit of a trajectory: every token that was sampled in it, inherited ones left out, with one advantage. */
export function exampleCredit(trajectory: Trajectory = exampleTrajectory(), advantage = 1): Credit {
  const role = trajectory.branch ? ('continuation' as const) : ('rollout' as const)
  const common = { advantage, weight: 1, role, estimator: 'example', groupId: trajectory.group?.id ?? 'group-0' }
  const own = trajectory.branch?.at ?? 0
  const spans: CreditSpan[] = []
  for (const { start, end } of sampledRuns(trajectory.segments))
    if (end > own) spans.push({ start: Math.max(start, own), end, ...common })
  return { format: creditFormat, trajectoryId: trajectory.id, spans }
}

/** The group of the example trajectory and one continuation of it. */
export function exampleGroup(): Group {
  const source = exampleTrajectory()
  const continuation = exampleContinuation(source)
  const continuations = [{ source: source.id, at: exampleBoundary(source), trajectories: [continuation.id] }]
  return { format: groupFormat, id: 'group-0', taskId: source.task.id, rollouts: [source.id], continuations }
}
