import { lintCredit, lintTrajectory, placeSegments, type Task, type Trajectory } from '@interleave/trajectory'
import { describe, expect, test } from 'vitest'
import { fakeSource, fakeTask } from './__fixtures__/fake-source.ts'
import { createBudget } from './budget.ts'
import { creditBatch } from './credit-batch.ts'
import { describeOutcome, describeRollout } from './describe-rollout.ts'
import { variantSchema, type Variant } from './options.ts'
import { planBatch } from './plan-batch.ts'
import type { RolloutSource } from './rollout-source.ts'
import type { SampleStepInput } from './sample-step-input.ts'
import { sampleStep } from './sample-step.ts'
import type { StepResult } from './step-result.ts'
import type { PlanEntry, StepStore } from './step-store.ts'

const tasks: Task[] = Array.from({ length: 12 }, (_, index) => fakeTask(index))
const step = (input: Partial<SampleStepInput> = {}): Promise<StepResult> =>
  sampleStep({ source: fakeSource(), tasks, seed: 5, step: 0, ...input })

/** A result without clock readings. */
const timeless = (result: StepResult): unknown => ({
  ...result,
  trajectories: result.trajectories.map((trajectory) => ({ ...trajectory, timing: undefined })),
})

/** Logical offsets of the tokens that the policy drew, in order: written again here, apart from the code under test. */
function sampledOffsets({ segments }: Trajectory): number[] {
  const offsets: number[] = []
  let at = 0
  for (const { origin, tokens } of segments)
    for (const _ of tokens) {
      if (origin !== 'context') offsets.push(at)
      at += 1
    }
  return offsets
}

describe.each(variantSchema.options)('%s', (variant: Variant) => {
  test('credit lands on exactly the right logical tokens', async () => {
    const options = { variant, budget: 1 }
    const source = fakeSource({ voids: 0.05, rewards: (random) => (random() < 0.15 ? 1 : 0) })
    const result = await step({ options, source })
    const byId = new Map(result.trajectories.map((trajectory) => [trajectory.id, trajectory]))
    const groups = result.groups.map(({ rollouts }) => ({
      rollouts: rollouts.map((id) => describeRollout(byId.get(id)!, { variant })),
    }))
    const plan = planBatch({ groups, options })
    expect(result.plan).toEqual(plan)
    expect(plan.selected.length > 0).toBe(variant !== 'grpo')

    const continuationIds = new Map(
      result.groups.flatMap(({ continuations }, group) =>
        continuations.map(({ source, trajectories }) => [`${group}.${source.split('.r')[1]}`, trajectories] as const),
      ),
    )
    const { credit } = creditBatch({
      groups,
      options,
      selected: plan.selected,
      continuations: plan.selected.map(({ group, source: from }) => ({
        group,
        source: from,
        outcomes: continuationIds.get(`${group}.${from}`)!.map((id) => describeOutcome(byId.get(id)!)),
      })),
    })
    const expected = new Map<string, Map<number, number>>()
    const expectSpans = (id: string, spans: readonly { start: number; end: number; advantage: number }[]): void => {
      const offsets = sampledOffsets(byId.get(id)!)
      const tokens = spans.flatMap(({ start, end, advantage }) =>
        offsets.slice(start, end).map((at): [number, number] => [at, advantage]),
      )
      expected.set(id, new Map(tokens))
    }
    credit.rollouts.forEach((group, g) =>
      group.forEach((spans, i) => expectSpans(result.groups[g]!.rollouts[i]!, spans)),
    )
    for (const { group, source: from, index, spans } of credit.continuations)
      expectSpans(continuationIds.get(`${group}.${from}`)![index]!, spans)

    expect(result.credit.map(({ trajectoryId }) => trajectoryId)).toEqual(result.trajectories.map(({ id }) => id))
    let split = 0
    for (const { trajectoryId, spans } of result.credit) {
      const trajectory = byId.get(trajectoryId)!
      const credited = new Map(
        spans.flatMap(({ start, end, advantage }) =>
          Array.from({ length: end - start }, (_, index): [number, number] => [start + index, advantage]),
        ),
      )
      expect(credited).toEqual(expected.get(trajectoryId))
      if (spans.length > 1) split += 1
      for (const { segment, start, end } of placeSegments(trajectory.segments))
        if (segment.origin === 'context' || (segment.origin === 'inherited' && variant !== 'mergedWhole'))
          expect(spans.some((span) => span.start < end && span.end > start)).toBe(false)
      expect(spans.every((span) => span.weight === 1 && span.estimator === variant)).toBe(true)
      if (trajectory.reward === null) expect(spans).toEqual([])
    }
    const found = result.trajectories.flatMap((trajectory) => {
      const from = trajectory.branch && byId.get(trajectory.branch.from)
      return lintTrajectory(trajectory, from === undefined ? {} : { source: from })
    })
    const spansFound = result.credit.flatMap((entry) => lintCredit(entry, byId.get(entry.trajectoryId)!))
    expect([...found, ...spansFound]).toEqual([])
    // Observations lie inside rollouts, so some of them must have been split.
    expect(split).toBeGreaterThan(0)
  })
})

test('ids, order and groups do not depend on who finishes first', async () => {
  const source = fakeSource({ delayMs: 4 })
  const [one, other, alone] = await Promise.all([
    step({ source }),
    step({ source, concurrency: 7 }),
    step({ concurrency: 1 }),
  ])
  expect(timeless(one)).toEqual(timeless(alone))
  expect(timeless(other)).toEqual(timeless(alone))
  expect(alone.trajectories[1]!.id).toBe('s0000-g0000.r1')
  const { continuations } = alone.groups.find((group) => group.continuations.length > 0)!
  expect(continuations[0]!.trajectories[3]).toBe(`${continuations[0]!.source}.c3`)
  expect(new Set(alone.trajectories.map(({ id }) => id)).size).toBe(alone.trajectories.length)
  expect(new Set(alone.trajectories.map(({ seed }) => seed)).size).toBe(alone.trajectories.length)
})

test('never more in flight than asked for, and progress adds up', async () => {
  let running = 0
  let most = 0
  const inner = fakeSource({ delayMs: 2 })
  const watch = async (work: () => Promise<Trajectory>): Promise<Trajectory> => {
    running += 1
    most = Math.max(most, running)
    return work().finally(() => (running -= 1))
  }
  const source: RolloutSource = {
    rollout: (task, request) => watch(() => inner.rollout(task, request)),
    resume: (prefix, request) => watch(() => inner.resume(prefix, request)),
  }
  const seen: number[] = []
  const result = await step({
    source,
    concurrency: 5,
    onProgress: ({ rollouts, continuations }) => seen.push(rollouts.done + continuations.done),
  })
  expect(most).toBe(5)
  expect(seen).toEqual(result.trajectories.map((_, index) => index + 1))
})

test('diagnostics of a step: per tool, confidence, tokens, voids', async () => {
  const { diagnostics, trajectories, plan } = await step({
    source: fakeSource({ voids: 0.1 }),
    options: { budget: 1, retries: 0 },
  })
  expect(Object.keys(diagnostics.tools)).toEqual(['(other)', 'python', 'zoom'])
  const shares = Object.values(diagnostics.tools).map(({ toolUseRate }) => toolUseRate!)
  expect(shares.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(diagnostics.toolUseRate!, 12)
  expect(diagnostics.calls.failed.confidence).toBeGreaterThan(0)
  expect(diagnostics.calls.all.negativeLogprob).toBeGreaterThan(0)
  expect(diagnostics.budget).toEqual(plan.slots)
  const drawn = (of: Trajectory[]): number =>
    of
      .flatMap(({ segments }) => segments)
      .reduce((sum, { origin, tokens }) => sum + (origin === 'policy' ? tokens.length : 0), 0)
  const extra = trajectories.filter(({ id }) => id.includes('.c'))
  expect(diagnostics.tokens.extra).toBe(drawn(extra))
  expect(diagnostics.tokens.rollouts + diagnostics.tokens.extra).toBe(drawn([...trajectories]))
  expect(diagnostics.void.rollouts + diagnostics.void.continuations).toBe(
    trajectories.filter(({ reward }) => reward === null).length,
  )
  expect(diagnostics.extraRollouts).toBe(extra.length)
})

test('a void rollout is sampled again from the same seed; all K void undoes the selection', async () => {
  const asked = new Map<string, number[]>()
  const dead = fakeSource({ voids: 1, onCall: ({ id, seed }) => asked.set(id, [...(asked.get(id) ?? []), seed]) })
  const good = fakeSource({ rewards: () => 0 })
  const source: RolloutSource = { ...good, resume: (prefix, request) => dead.resume(prefix, request) }
  const { credit, plan, trajectories } = await step({ source })
  expect(plan.selected.length).toBeGreaterThan(0)
  expect([...asked.values()].every((seeds) => seeds.length === 2 && seeds[0] === seeds[1])).toBe(true)
  for (const { group, source: from } of plan.selected) {
    const id = `s0000-g${String(group).padStart(4, '0')}.r${from}`
    const { spans } = credit.find(({ trajectoryId }) => trajectoryId === id)!
    const all = sampledOffsets(trajectories.find((trajectory) => trajectory.id === id)!)
    expect(spans.reduce((sum, span) => sum + span.end - span.start, 0)).toBe(all.length)
    expect(spans.every(({ role }) => role === 'rollout')).toBe(true)
  }
})

test('an abort rejects with its reason, keeps finished rollouts only, and gives the budget back', async () => {
  const controller = new AbortController()
  const saved: Trajectory[] = []
  const store: StepStore = {
    find: () => Promise.resolve(undefined),
    save: (_, trajectory) => Promise.resolve(saved[saved.push(trajectory) - 1]!),
    entries: () => Promise.resolve([]),
    append: () => Promise.resolve(),
    commit: () => Promise.reject(new Error('an aborted step must not be committed')),
  }
  const budget = createBudget({ mode: 'streaming' })
  budget.addGroup(3)
  const before = budget.snapshot()
  const reason = new Error('Ctrl-C')
  const running = step({
    source: fakeSource({ delayMs: 5 }),
    signal: controller.signal,
    store,
    budget,
    concurrency: 8,
    onProgress: ({ rollouts }) => rollouts.done === 40 && controller.abort(reason),
  })
  await expect(running).rejects.toBe(reason)
  expect(saved.every(({ reward }) => reward !== null)).toBe(true)
  expect(saved.length).toBeLessThan(40 + 8)
  expect(budget.snapshot()).toEqual(before)
  await expect(step({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

const good = fakeSource({ rewards: () => 0 })
const changed = (change: (made: Trajectory) => Partial<Trajectory>): RolloutSource => ({
  rollout: (task, request) => good.rollout(task, request),
  async resume(prefix, request) {
    const made = await good.resume(prefix, request)
    return { ...made, ...change(made) }
  },
})

test.each<[string, RegExp, RolloutSource]>([
  ['id', /must carry the id of the request/, changed(() => ({ id: 'mine' }))],
  ['seed', /must carry the seed of the request/, changed(() => ({ seed: 1 }))],
  ['group', /the group .*; it must be/, changed(() => ({ group: { id: 'g', index: 0 } }))],
  ['fault', /a fault and a reward/, changed(() => ({ fault: { boundary: 'tool', code: 'x', message: '' } }))],
  ['stop', /without stop 'fault', or the reverse/, changed(() => ({ stop: 'fault', reward: null }))],
  ['branch', /the branch .*; it must be/, changed((made) => ({ branch: { ...made.branch!, at: 1 } }))],
  [
    'tokens',
    /other tokens, logprobs or origins/,
    changed(({ segments }) => ({
      segments: segments.with(0, { ...segments[0]!, tokens: segments[0]!.tokens.toReversed() }),
    })),
  ],
  [
    'logprobs',
    /other tokens, logprobs or origins/,
    changed(({ segments }) => ({
      segments: segments.map((segment) =>
        segment.origin === 'inherited'
          ? Object.assign({}, segment, { logprobs: segment.tokens.map(() => -1) })
          : segment,
      ),
    })),
  ],
  [
    'late inheritance',
    /inherited tokens after token/,
    changed(({ segments }) => ({
      segments: segments.map((segment) => ({ ...segment, origin: 'inherited' as const })),
    })),
  ],
  ['cancelled', /though nobody cancelled it/, changed(() => ({ stop: 'cancelled', reward: null }))],
  ['throw', /The rollout source threw on .*: oh\./, { ...good, resume: () => Promise.reject(new Error('oh')) }],
])('a source that breaks a rule is told which: %s', async (_, message, source) => {
  await expect(step({ source })).rejects.toThrow(message)
})

test('bad input: no tasks, no concurrency, options by field, a budget of another r', async () => {
  await expect(step({ tasks: [] })).rejects.toThrow(/at least one task/)
  await expect(step({ concurrency: 0 })).rejects.toThrow(/^concurrency: /)
  await expect(step({ options: { rollouts: 0 } })).rejects.toThrow(/^options\.rollouts: /)
  await expect(step({ budget: createBudget({ budget: 1 }) })).rejects.toThrow(/options\.budget is 0\.25/)
  await expect(step({ source: fakeSource({ rewards: () => 0.5 }) })).rejects.toThrow(/need a success function/)
  const graded = await step({ source: fakeSource({ rewards: () => 0.5 }), success: () => false })
  expect(graded.plan.triggered.length).toBeGreaterThan(0)
})

/** A store of a run whose decisions are known and whose trajectories are lost. */
function logStore(logged: readonly PlanEntry[]): StepStore & { appended: PlanEntry[] } {
  const appended: PlanEntry[] = []
  return {
    appended,
    find: () => Promise.resolve(undefined),
    save: (_, trajectory) => Promise.resolve(trajectory),
    entries: () => Promise.resolve(structuredClone(logged)),
    append: async (entry) => void appended.push(entry),
    commit: () => Promise.resolve(),
  }
}

test('streaming decides as groups arrive, and a replay follows the log', async () => {
  const streaming = (): SampleStepInput['budget'] => createBudget({ mode: 'streaming' })
  const first = logStore([])
  const run = await step({ source: fakeSource({ delayMs: 6 }), budget: streaming()!, store: first, concurrency: 30 })
  expect(first.appended.map(({ groups }) => groups[0]).toSorted((a, b) => a! - b!)).toEqual(
    tasks.map((_, index) => index),
  )
  for (let times = 0; times < 3; times += 1) {
    // The first half is on record, then all of it; arrival differs each time.
    const all = logStore(first.appended)
    const again = await step({ source: fakeSource({ delayMs: 6 }), budget: streaming()!, store: all, concurrency: 40 })
    expect(timeless(again)).toEqual(timeless(run))
    expect(all.appended).toEqual([])
    const half = logStore(first.appended.slice(0, 6))
    const partly = await step({ source: fakeSource({ delayMs: 6 }), budget: streaming()!, store: half })
    expect(partly.entries.slice(0, 6)).toEqual(first.appended.slice(0, 6))
    expect(half.appended).toHaveLength(6)
  }
  const wrong = structuredClone(first.appended)
  wrong[0]!.verdicts[0]![0] = null
  await expect(step({ budget: streaming()!, store: logStore(wrong) })).rejects.toThrow(
    expect.objectContaining({ code: 'journal_mismatch' }),
  )
})

test('a streaming budget carries on over steps, a batch budget starts anew', async () => {
  const source = fakeSource({ rewards: () => 0 })
  const used = async (mode: 'streaming' | 'batch'): Promise<number> => {
    const budget = createBudget({ mode })
    let total = 0
    for (let number = 0; number < 6; number += 1)
      total += (await step({ source, tasks: tasks.slice(0, 1), step: number, budget })).plan.slots.used
    return total
  }
  // Six steps of one group: 2 continuations each, and a prefix takes 4.
  expect(await used('streaming')).toBe(3)
  expect(await used('batch')).toBe(0)
})
