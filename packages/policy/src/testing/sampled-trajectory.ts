import {
  logicalLength,
  mediaOf,
  trajectoryFormat,
  turnRecords,
  type Image,
  type Origin,
  type Segment,
  type SegmentImage,
  type Span,
  type Trajectory,
} from '@interleave/trajectory'
import type { GenerateRequest, GenerateResult, PolicyCapabilities } from '../policy.ts'

/** A trajectory of one turn, out of a request and its reply, as a rollout loop would record it. */
export function sampledTrajectory(
  { driver, exact, logprobs: semantics, model }: PolicyCapabilities,
  { images, requestId, sampling, tokens }: GenerateRequest,
  reply: GenerateResult,
  imagePad = 0,
): Trajectory {
  const text = 'Not known: these ids were sampled without a template.'
  const shown = images.length > 0 ? shownImages(tokens, images, imagePad, reply.effectivePrompt) : []
  const { entropies, finish, logprobs, weightVersions } = reply
  const segments: Segment[] = [
    {
      kind: 'prompt',
      turn: 0,
      origin: 'context',
      text,
      tokens: [...tokens],
      ...(shown.length > 0 && { images: shown }),
    },
    {
      kind: 'answer',
      turn: 1,
      origin: 'policy',
      text,
      tokens: reply.tokens,
      ...(logprobs && { logprobs }),
      ...(entropies && { entropies }),
      ...(weightVersions && { weightVersions }),
    },
  ]
  return {
    format: trajectoryFormat,
    id: requestId,
    seed: sampling.seed,
    task: { id: 'check', prompt: [{ type: 'text', text }] },
    environment: {
      name: 'check',
      version: '1',
      tools: [],
      limits: { turns: 1, tokens: sampling.maxTokens, callsPerTurn: 1, deadlineMs: 60_000 },
      template: { name: 'none', hash: '0'.repeat(64), imagePad },
    },
    policy: { model, driver, exact, logprobs: semantics, sampling: { temperature: sampling.temperature } },
    segments,
    turns: turnRecords(segments, () => finish),
    media: [...new Map(images.map((image) => [image.hash, mediaOf(image)])).values()],
    stop: finish === 'length' ? 'length' : 'answered',
    scores: [],
    reward: null,
    timing: { startedAt: '2026-01-01T00:00:00.000Z', wallMs: 0, generateMs: [0], calls: [] },
  }
}

/** Where the drawn tokens of a trajectory of one turn lie. */
export function drawnSpan({ segments }: Trajectory): Span {
  return { start: segments[0]?.tokens.length ?? 0, end: logicalLength(segments) }
}

/** The same trajectory as if the first of its drawn tokens came from a source, and the rest of it were its continuation. */
export function inheritFirst(trajectory: Trajectory): Trajectory {
  const { start } = drawnSpan(trajectory)
  const [prompt, reply] = trajectory.segments
  if (prompt === undefined || reply === undefined) return trajectory
  const { kind, logprobs, text, tokens, turn } = reply
  const part = (origin: Origin, from: number, to?: number): Segment => {
    const own = logprobs && { logprobs: logprobs.slice(from, to) }
    return { kind, turn, origin, text, tokens: tokens.slice(from, to), ...own }
  }
  // A continuation begins after a tag: the token stands for one.
  const segments: Segment[] = [prompt, { ...part('inherited', 0, 1), kind: 'template', tag: 'answer-open' }]
  if (tokens.length > 1) segments.push(part('policy', 1))
  return {
    ...trajectory,
    segments,
    turns: turnRecords(segments, () => trajectory.turns[0]?.finish ?? 'stop'),
    branch: { from: 'source', at: start + 1, index: 0 },
  }
}

/** The images at their pads, each as long as the policy saw it; one token where it does not say. */
function shownImages(
  tokens: readonly number[],
  images: readonly Image[],
  pad: number,
  seen: readonly number[] = tokens,
): SegmentImage[] {
  const shown: SegmentImage[] = []
  let ahead = 0
  for (const [at, token] of tokens.entries()) {
    const from = ahead
    ahead += 1
    if (token !== pad) continue
    // The last of adjacent pads takes what is left of the run.
    while (tokens[at + 1] !== pad && seen[ahead] === pad) ahead += 1
    const image = images[shown.length]
    if (image !== undefined) shown.push({ hash: image.hash, at, effective: { id: pad, length: ahead - from } })
  }
  return shown
}
