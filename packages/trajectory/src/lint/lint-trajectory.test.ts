import { describe, expect, test } from 'vitest'
import type { CreditRole } from '../credit.ts'
import { memoryMediaStore } from '../memory-media-store.ts'
import { inlineMedia } from '../inline-media.ts'
import { placeSegments } from '../offsets.ts'
import type { Segment } from '../segment.ts'
import { exampleContinuation, exampleCredit, exampleImages, exampleTrajectory } from '../testing/example-trajectory.ts'
import { TrajectoryBuilder } from '../testing/trajectory-builder.ts'
import { trajectorySchema, type Trajectory } from '../trajectory.ts'
import { lintRules, type LintRule } from './finding.ts'
import { lintCredit } from './lint-credit.ts'
import { lintMedia } from './lint-media.ts'
import { lintTrajectory } from './lint-trajectory.ts'

const { picture, crop } = exampleImages()
const source = exampleTrajectory()

/** The rules that a changed copy of the example breaks. */
function broken(change: (copy: Trajectory) => void, of: Trajectory = source): LintRule[] {
  const copy = structuredClone(of)
  change(copy)
  return [...new Set(lintTrajectory(copy, copy.branch ? { source } : {}).map(({ rule }) => rule))]
}

function segment(copy: Trajectory, wanted: Partial<Pick<Segment, 'kind' | 'tag' | 'turn' | 'origin'>>): Segment {
  const found = copy.segments.findLast((candidate) =>
    Object.entries(wanted).every(([key, value]) => candidate[key as 'kind'] === value),
  )
  if (found === undefined) throw new Error(`no segment ${JSON.stringify(wanted)}`)
  return found
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the example has changed')
  return value
}

const voided = (copy: Trajectory): void => {
  Object.assign(copy, {
    stop: 'fault',
    fault: { boundary: 'tool', code: 'gone', message: '' },
    reward: null,
    scores: [],
  })
}

describe('clean trajectories', () => {
  const continuation = exampleContinuation()
  const cases: Record<string, Trajectory> = {
    'three turns': source,
    'a continuation': continuation,
    'a continuation of a continuation': exampleContinuation(continuation),
    'no logprobs': {
      ...source,
      policy: { ...source.policy, logprobs: 'none' },
      segments: source.segments.map((part) => {
        const { logprobs: _logprobs, ...rest } = part
        return rest
      }),
    },
    unscored: exampleTrajectory({ scores: [], reward: null }),
  }
  test.each(Object.entries(cases))('%s', (_, trajectory) => {
    expect(trajectorySchema.parse(trajectory)).toEqual(trajectory)
    const from = trajectory.branch?.from === continuation.id ? continuation : source
    expect(lintTrajectory(trajectory, trajectory.branch ? { source: from } : {})).toEqual([])
  })

  test('a call cut by a limit needs no outcome', () => {
    const built = new TrajectoryBuilder().prompt('Look.', picture).think('So.').call('image_zoom_in_tool', {})
    const { segments, turns, media } = built
    for (const stop of ['turn_limit', 'length'] as const)
      expect(lintTrajectory(exampleTrajectory({ segments, turns, media, stop }))).toEqual([])
    expect(lintTrajectory(exampleTrajectory({ segments, turns, media })).map(({ rule }) => rule)).toEqual([
      'outcome-per-call',
    ])
  })

  test('a call with nothing in it stands on its opening tag', () => {
    const built = new TrajectoryBuilder().prompt('Look.', picture).think('So.').tag('call-open').tag('call-close')
    const open = segment(exampleTrajectory({ segments: built.segments }), { tag: 'call-open' })
    open.call = { id: 'call-0', tool: '', raw: '' }
    open.outcome = { callId: 'call-0', tool: '', index: 0, status: 'ok', content: [] }
    const { segments, turns, media } = built
    expect(lintTrajectory(exampleTrajectory({ segments, turns, media, stop: 'turn_limit' }))).toEqual([])
  })

  test('a rollout that a fault ended in the middle of a turn', () => {
    const cut = structuredClone(source)
    voided(cut)
    cut.segments.splice(8)
    cut.turns.splice(2)
    expect(lintTrajectory(cut)).toEqual([])
    expect(lintTrajectory({ ...cut, segments: [], turns: [], media: [] })).toEqual([])
    const early = structuredClone(continuation)
    voided(early)
    early.segments.splice(1)
    early.turns.splice(0)
    expect(lintTrajectory(early, { source })).toEqual([])
  })
})

const corruptions: [LintRule, string, (copy: Trajectory) => void][] = [
  [
    'tokens-concatenate',
    'a sampled token is lost',
    (copy) => {
      const end = segment(copy, { kind: 'answer' })
      end.tokens.pop()
      end.logprobs?.pop()
    },
  ],
  [
    'tokens-concatenate',
    'two turns are one',
    (copy) => {
      for (const part of copy.segments) if (part.turn === 3) part.turn = 2
    },
  ],
  ['tokens-concatenate', 'a turn has no record', (copy) => void copy.turns.pop()],
  [
    'tokens-concatenate',
    'a record has no turn',
    (copy) => void copy.turns.push({ prompt: 0, sampled: 3, finish: 'stop' }),
  ],
  ['tokens-concatenate', 'a prompt is longer than was sent', (copy) => void (must(copy.turns[1]).prompt += 1)],
  [
    'tokens-concatenate',
    'a segment is empty',
    (copy) => {
      copy.segments.push({ kind: 'template', turn: 3, origin: 'context', text: '', tokens: [] })
    },
  ],
  [
    'tokens-concatenate',
    'a turn number out of all proportion',
    (copy) => void (segment(copy, { kind: 'answer' }).turn = 2 ** 52),
  ],
  [
    'segment-shape',
    'an observation was sampled',
    (copy) => void (segment(copy, { kind: 'answer' }).kind = 'observation'),
  ],
  ['segment-shape', 'thinking was given', (copy) => void (segment(copy, { kind: 'observation' }).kind = 'thinking')],
  ['segment-shape', 'an answer is tagged', (copy) => void (segment(copy, { kind: 'answer' }).tag = 'turn-end')],
  [
    'segment-shape',
    'thinking calls',
    (copy) => {
      const call = { id: 'call-9', tool: '', raw: '' }
      Object.assign(segment(copy, { kind: 'thinking' }), {
        call,
        outcome: { ...segment(copy, { kind: 'acting' }).outcome, callId: 'call-9' },
      })
    },
  ],
  [
    'segment-shape',
    'an acting segment has no call',
    (copy) => {
      const acting = segment(copy, { kind: 'acting' })
      delete acting.call
      delete acting.outcome
    },
  ],
  [
    'segment-shape',
    'an outcome has no call',
    (copy) => {
      const outcome = segment(copy, { kind: 'acting' }).outcome
      Object.assign(segment(copy, { kind: 'observation' }), { outcome })
    },
  ],
  [
    'segment-shape',
    'weights of tokens that are not there',
    (copy) => {
      segment(copy, { kind: 'answer' }).weightVersions = [{ version: '1', start: 0, end: 99 }]
    },
  ],
  ['logprobs-match', 'a logprob is lost', (copy) => void segment(copy, { kind: 'thinking' }).logprobs?.pop()],
  ['logprobs-match', 'no logprobs', (copy) => delete segment(copy, { kind: 'thinking' }).logprobs],
  ['logprobs-match', 'a logprob above 0', (copy) => void (must(segment(copy, { kind: 'thinking' }).logprobs)[0] = 0.1)],
  [
    'logprobs-match',
    'a logprob that is no number',
    (copy) => void (must(segment(copy, { kind: 'thinking' }).logprobs)[0] = Number.NaN),
  ],
  [
    'logprobs-match',
    'context has logprobs',
    (copy) => {
      const part = segment(copy, { kind: 'observation' })
      part.logprobs = part.tokens.map(() => 0)
    },
  ],
  ['logprobs-match', 'an entropy is missing', (copy) => void (segment(copy, { kind: 'answer' }).entropies = [1])],
  ['logprobs-match', 'none are declared', (copy) => void (copy.policy.logprobs = 'none')],
  ['images-match-pads', 'an image is lost', (copy) => delete segment(copy, { kind: 'prompt' }).images],
  [
    'images-match-pads',
    'an image is moved',
    (copy) => void (must(must(segment(copy, { kind: 'prompt' }).images)[0]).at -= 1),
  ],
  ['images-match-pads', 'a pad is lost', (copy) => void segment(copy, { kind: 'prompt' }).tokens.splice(-1, 1, 65)],
  [
    'images-match-pads',
    'a pad was sampled and the rollout went on',
    (copy) => void (segment(copy, { kind: 'thinking', turn: 1 }).tokens[0] = 256),
  ],
  ['media-present', 'an image is not listed', (copy) => void copy.media.pop()],
  ['media-present', 'an image is listed twice', (copy) => void copy.media.push(must(copy.media[0]))],
  ['media-present', 'a size is wrong', (copy) => void (must(copy.media[0]).width += 1)],
  ['media-hash', 'inline bytes are of another image', (copy) => void (must(copy.media[0]).data = 'AAAA')],
  ['outcome-per-call', 'an outcome is lost', (copy) => delete segment(copy, { kind: 'acting' }).outcome],
  [
    'outcome-per-call',
    'an outcome of another call',
    (copy) => void (must(segment(copy, { kind: 'acting' }).outcome).callId = 'x'),
  ],
  [
    'outcome-per-call',
    'an error without status',
    (copy) => void (must(segment(copy, { kind: 'acting' }).outcome).status = 'ok'),
  ],
  [
    'outcome-per-call',
    'two calls of one id',
    (copy) => {
      const last = segment(copy, { kind: 'acting' })
      must(last.call).id = 'call-0'
      must(last.outcome).callId = 'call-0'
    },
  ],
  [
    'void-means-fault',
    'cancelled',
    (copy) => void Object.assign(copy, { stop: 'cancelled', reward: null, scores: [] }),
  ],
  [
    'void-means-fault',
    'no fault',
    (copy) => {
      voided(copy)
      delete copy.fault
    },
  ],
  [
    'void-means-fault',
    'a fault and an answer',
    (copy) => {
      voided(copy)
      copy.stop = 'answered'
    },
  ],
  [
    'void-means-fault',
    'a fault and a reward',
    (copy) => {
      voided(copy)
      copy.reward = 0
    },
  ],
  [
    'void-means-fault',
    'a fault and a score',
    (copy) => {
      const { scores } = copy
      voided(copy)
      copy.scores = scores
    },
  ],
  ['scores-agree', 'another reward', (copy) => void (copy.reward = 0)],
  ['scores-agree', 'no reward', (copy) => void (copy.reward = null)],
  ['scores-agree', 'unscored with a score', (copy) => void (must(copy.scores[0]).status = 'unscored')],
  [
    'scores-agree',
    '0 in place of null',
    (copy) => {
      Object.assign(must(copy.scores[0]), { status: 'unscored', score: null })
      copy.reward = 0
    },
  ],
  [
    'branch-sane',
    'inherited from nowhere',
    (copy) => {
      for (const part of copy.segments) if (part.turn === 1 && part.origin === 'policy') part.origin = 'inherited'
    },
  ],
]

describe('a corrupted copy breaks one rule', () => {
  test.each(corruptions)('%s: %s', (rule, _, change) => {
    expect(broken(change)).toEqual([rule])
  })
})

const branchCorruptions: [LintRule, string, (copy: Trajectory) => void][] = [
  ['branch-sane', 'the boundary moved', (copy) => void (must(copy.branch).at -= 1)],
  ['branch-sane', 'its own source', (copy) => void (copy.id = must(copy.branch).from)],
  ['inherited-equal', 'another token', (copy) => void (segment(copy, { tag: 'call-open', turn: 1 }).tokens[0] = 9)],
  ['inherited-equal', 'another prompt', (copy) => void (segment(copy, { kind: 'prompt' }).tokens[0] = 9)],
  [
    'inherited-equal',
    'another logprob',
    (copy) => void (must(segment(copy, { kind: 'thinking', turn: 1 }).logprobs)[3] = -9),
  ],
  [
    'inherited-equal',
    'another image',
    (copy) => void (must(must(segment(copy, { kind: 'prompt' }).images)[0]).hash = crop.hash),
  ],
  ['inherited-equal', 'another task', (copy) => void (copy.task.id = 'task-1')],
  ['inherited-equal', 'another source', (copy) => void (must(copy.branch).from = 'rollout-9')],
]

describe('a corrupted continuation breaks one rule', () => {
  test.each(branchCorruptions)('%s: %s', (rule, _, change) => {
    expect(broken(change, exampleContinuation())).toContain(rule)
    if (rule !== 'branch-sane') expect(broken(change, exampleContinuation())).toEqual([rule])
  })
})

test('a finding says where', () => {
  const copy = structuredClone(source)
  const at = copy.segments.findIndex(({ kind }) => kind === 'thinking')
  copy.segments[at]?.logprobs?.pop()
  const message = expect.stringMatching(/^\d+ logprobs for \d+ tokens\.$/)
  expect(lintTrajectory(copy)).toEqual([{ rule: 'logprobs-match', message, trajectoryId: 'rollout-0', segment: at }])
})

test('a store must hold the images, unchanged', async () => {
  expect(await lintMedia(source, memoryMediaStore([picture, crop]))).toEqual([])
  expect(await lintMedia(source, memoryMediaStore([picture]))).toMatchObject([{ rule: 'media-present' }])
  const good = memoryMediaStore([picture, crop])
  const bytes = await good.get(crop)
  bytes[20] = 0xff
  expect(await lintMedia(source, good)).toMatchObject([{ rule: 'media-hash' }])
  const inline = await inlineMedia(source, memoryMediaStore(Object.values(exampleImages())))
  expect(await lintMedia(inline, memoryMediaStore())).toEqual([])
  expect(lintTrajectory(inline)).toEqual([])
})

describe('credit', () => {
  const continuation = exampleContinuation()
  const of = (change: (spans: ReturnType<typeof exampleCredit>['spans']) => void, trajectory = source) => {
    const credit = exampleCredit(trajectory)
    change(credit.spans)
    return lintCredit(credit, trajectory).map(({ rule }) => rule)
  }

  test('clean', () => {
    for (const trajectory of [source, continuation]) expect(of(() => {}, trajectory)).toEqual([])
  })

  test('spans lie on sampled tokens', () => {
    expect(of((spans) => void (must(spans[0]).start -= 1))).toEqual(['credit-on-sampled'])
    expect(of((spans) => void (must(spans.at(-1)).end += 1))).toEqual(['credit-on-sampled'])
    expect(of((spans) => void (must(spans[0]).end = must(spans[0]).start))).toEqual(['credit-on-sampled'])
  })

  test('no token is credited twice', () => {
    expect(of((spans) => void spans.push({ ...must(spans[1]), end: must(spans[1]).start + 1 }))).toEqual([
      'credited-once',
    ])
  })

  test('inherited tokens are credited by one estimator alone', () => {
    const inherit = (estimator: string) => (spans: ReturnType<typeof exampleCredit>['spans']) =>
      void spans.unshift({ ...must(spans[0]), start: must(spans[0]).start - 1, end: must(spans[0]).start, estimator })
    expect(of(inherit('axpo'), continuation)).toEqual(['inherited-not-credited'])
    expect(of(inherit('mergedWhole'), continuation)).toEqual([])
  })

  test('spans are of the group of their trajectory', () => {
    expect(of((spans) => void (must(spans[0]).groupId = 'group-1'))).toEqual(['group-agrees'])
    const { group: _group, ...alone } = source
    expect(of((spans) => void (must(spans[0]).groupId = 'group-1'), alone)).toEqual([])
  })

  test('a span has the role of its trajectory', () => {
    const relabel = (role: CreditRole, estimator = 'axpo') => {
      return (spans: ReturnType<typeof exampleCredit>['spans']) =>
        void Object.assign(must(spans.at(-1)), { role, estimator })
    }
    expect(of(relabel('rollout'), continuation)).toEqual(['credit-role'])
    expect(of(relabel('prefix'), continuation)).toEqual(['credit-role'])
    expect(of(relabel('continuation'))).toEqual(['credit-role'])
    expect(of(relabel('continuation', 'noPrefixFix'))).toEqual([])
    expect(of(relabel('rollout', 'noPrefixFix'), continuation)).toEqual(['credit-role'])
  })

  test('a prefix is what was sampled up to an opening tag, observations in between', () => {
    const tags = placeSegments(source.segments).filter(({ segment }) => segment.tag === 'call-open')
    const prefix = (end: number) => (spans: ReturnType<typeof exampleCredit>['spans']) => {
      const cut = spans.filter(({ start }) => start < end).map((span) => ({ ...span, end: Math.min(span.end, end) }))
      for (const span of cut) span.role = 'prefix'
      spans.splice(0, spans.length, ...cut)
    }
    expect(tags).toHaveLength(2)
    for (const { end } of tags) {
      expect(of(prefix(end))).toEqual([])
      expect(of(prefix(end - 1))).toEqual(['credit-role'])
      expect(of(prefix(end + 1))).toEqual(['credit-role'])
      const late = (spans: ReturnType<typeof exampleCredit>['spans']): void => {
        prefix(end)(spans)
        must(spans[0]).start += 1
      }
      expect(of(late)).toEqual(['credit-role'])
    }
  })

  test('void rollouts and strangers get none', () => {
    const failed = structuredClone(source)
    voided(failed)
    expect(of(() => {}, failed)).toEqual(['void-means-fault'])
    expect(lintCredit(exampleCredit(), { ...source, id: 'other' })).toMatchObject([{ rule: 'known-trajectory' }])
  })
})

test('every rule of a trajectory has a corruption above', () => {
  const elsewhere = [
    'credit-on-sampled',
    'credited-once',
    'inherited-not-credited',
    'credit-role',
    'readable-line',
    'unique-id',
  ]
  const covered = new Set<string>([...corruptions, ...branchCorruptions].map(([rule]) => rule))
  const rest = lintRules.filter((rule) => !covered.has(rule))
  expect(rest).toEqual([...elsewhere, 'known-trajectory', 'group-agrees'])
})
