import { lintTrajectory, logicalTokens, placeSegments, type Trajectory } from '@interleave/trajectory'
import { describe, expect, it } from 'vitest'
import type { Turn } from '@interleave/chat-template'
import { byteIds } from '@interleave/chat-template/byte'
import { defineTool, type RolloutContext, type Tool } from '@interleave/tool'
import { z } from 'zod'
import { addCall, answer, call, played, request, task, template, turns, world } from './__fixtures__/world.ts'
import { connectEnvironment } from './rollout-source.ts'

const drawCall = JSON.stringify({ name: 'draw', arguments: {} })

function boundaries(trajectory: Trajectory): number[] {
  return placeSegments(trajectory.segments)
    .filter(({ segment }) => segment.tag === 'call-open')
    .map(({ end }) => end)
}

const sourceTurns = [call('first thoughts', addCall(1)), call('more', addCall(5)), answer('well', '9')]

describe('a resumed rollout', () => {
  it('continues the very ids of its source and inherits their logprobs', async () => {
    const source = await world(turns(...sourceTurns)).source.rollout(task, request())
    const at = boundaries(source)[0]!
    const rest = call('', addCall(2)).slice(2)
    const policy = turns(rest, answer('now', '3'))
    const resumed = await world(policy).source.resume({ source, at }, request({ id: 'g.r0.c1', index: 1, seed: 99 }))

    expect(policy.sent[0]).toEqual(logicalTokens(source.segments).slice(0, at))
    expect(lintTrajectory(resumed, { source })).toEqual([])
    expect(resumed).toMatchObject({ stop: 'answered', reward: 1, branch: { from: 'g.r0', at, index: 1 } })
    const inherited = resumed.segments.filter(({ origin }) => origin === 'inherited')
    expect(inherited.at(-1)?.tag).toBe('call-open')
    expect(inherited.flatMap(({ logprobs }) => logprobs)).toEqual(
      placeSegments(source.segments)
        .filter(({ end, segment }) => end <= at && segment.origin === 'policy')
        .flatMap(({ segment }) => segment.logprobs),
    )
    expect(resumed.segments.find(({ kind }) => kind === 'acting')).toMatchObject({ origin: 'policy', turn: 1 })
  })

  it('shares the limits of its source: turns from the first, tokens without those of the prefix', async () => {
    const source = await world(turns(...sourceTurns)).source.rollout(task, request())
    const at = boundaries(source)[0]!
    const prefixTokens = at - placeSegments(source.segments).find(({ segment }) => segment.origin === 'policy')!.start
    const asked: number[] = []
    const policy = played(({ sampling }) => {
      asked.push(sampling.maxTokens)
      return asked.length === 1 ? call('', addCall(2)).slice(2) : call('on', addCall(2))
    })
    const limits = { turns: 3, tokens: 500 }
    const resumed = await world(policy, { limits }).source.resume({ source, at }, request({ id: 'g.r0.c0' }))
    expect(asked[0]).toBe(500 - prefixTokens)
    expect(resumed.stop).toBe('turn_limit')
    expect(resumed.turns).toHaveLength(3)
    expect(lintTrajectory(resumed, { source })).toEqual([])
  })

  it('resumes after later turns too, once its tools are where they were', async () => {
    const list = [call('see', drawCall, addCall(1)), call('more', addCall(5)), answer('well', '9')]
    const source = await world(turns(...list)).source.rollout(task, request())
    const at = boundaries(source)[2]!
    const policy = turns(call('', drawCall).slice(2), answer('', '3'))
    const resumed = await world(policy).source.resume({ source, at }, request({ id: 'g.r0.c0', seed: 5 }))
    expect(lintTrajectory(resumed, { source })).toEqual([])
    expect(resumed).toMatchObject({ stop: 'answered', reward: 1 })
    expect(
      resumed.segments.filter(({ call: made }) => made !== undefined).map(({ outcome }) => outcome?.status),
    ).toEqual(['ok', 'ok', 'ok'])
    expect(resumed.media).toHaveLength(2)
    expect(resumed.media[0]).toEqual(source.media[0])
  })

  it('makes the calls before it once for all that resume from it at the same time, each on a copy of its own', async () => {
    const made: string[] = []
    let alive = 0
    const counter = (withFork: boolean): Tool =>
      defineTool({
        name: 'count',
        description: 'Counts its calls.',
        input: z.object({ by: z.number() }),
        setup(rollout) {
          alive += 1
          rollout.defer(() => void (alive -= 1))
          return { total: 0 }
        },
        ...(withFork && {
          fork(state: { total: number }, branch: RolloutContext) {
            alive += 1
            branch.defer(() => void (alive -= 1))
            return { ...state }
          },
        }),
        run({ by }, { rollout, state }) {
          made.push(`${rollout.id} ${by}`)
          state.total += by
          return `${state.total}`
        },
      })
    const countCall = (by: number): string => JSON.stringify({ name: 'count', arguments: { by } })
    const list = [call('one', countCall(1)), call('two', countCall(2)), call('three', countCall(3)), answer('', '6')]
    const limits = { turns: 5 }
    const source = await world(turns(...list), { limits, tools: [counter(true)] }).source.rollout(task, request())
    const at = boundaries(source)[2]!
    const seen: unknown[] = []
    for (const withFork of [true, false]) {
      made.length = 0
      const rest = ({ requestId }: { requestId: string }): number[] =>
        requestId.endsWith('t3') ? call('', countCall(10)).slice(2) : answer('', '13')
      const { source: continued } = world(played(rest), { limits, tools: [counter(withFork)] })
      const branches = [0, 1, 2, 3].map((index) =>
        continued.resume({ source, at }, request({ id: `g.r0.c${index}`, index, seed: index })),
      )
      const resumed = await Promise.all(branches)
      for (const trajectory of resumed) expect(lintTrajectory(trajectory, { source })).toEqual([])
      seen.push(resumed.map(({ segments }) => segments))
      const totals = resumed.map(({ segments }) => segments.findLast(({ outcome }) => outcome)?.outcome?.content)
      expect(totals).toEqual(resumed.map(() => [{ type: 'text', text: '13' }]))
      // With a fork the calls of the prefix run once in all; without one also in each branch.
      expect(made.filter((name) => / [12]$/.test(name))).toHaveLength(withFork ? 2 : 2 + 4 * 2)
      expect(alive).toBe(0)
    }
    expect(seen[0]).toEqual(seen[1])
  })

  it('resumes at an opening answer tag, as the no-tool ablation does', async () => {
    const source = await world(turns(answer('thinking', '4'))).source.rollout(task, request())
    const at = placeSegments(source.segments).find(({ segment }) => segment.tag === 'answer-open')!.end
    const policy = turns(answer('', '3').slice(2))
    const resumed = await world(policy).source.resume({ source, at }, request({ id: 'g.r0.c0' }))
    expect(resumed).toMatchObject({ reward: 1, stop: 'answered' })
  })

  it('refuses a prefix that does not end at an opening tag, and one of another template', async () => {
    const { source } = world(turns(...sourceTurns))
    const made = await source.rollout(task, request())
    const at = boundaries(made)[0]!
    await expect(source.resume({ source: made, at: at - 1 }, request())).rejects.toMatchObject({ code: 'bad_prefix' })
    const other = {
      ...made,
      environment: { ...made.environment, template: { ...made.environment.template, hash: 'f'.repeat(64) } },
    }
    await expect(source.resume({ source: other, at }, request())).rejects.toThrow(/another|not with/)
  })

  it('refuses a prefix that holds an image token which the policy drew', async () => {
    const { source } = world(turns([byteIds.imagePad, ...sourceTurns[0]!]))
    const made = await source.rollout(task, request())
    await expect(source.resume({ source: made, at: boundaries(made)[0]! }, request())).rejects.toThrow(
      /stands for no image/,
    )
  })

  it('is void where the template reads the prefix otherwise once more follows', async () => {
    const { source } = world(turns(...sourceTurns))
    const made = await source.rollout(task, request())
    const at = boundaries(made)[0]!
    const whole = (tokens: readonly number[]): Turn => ({
      segments: [{ kind: 'thinking', text: '', start: 0, end: tokens.length }],
      calls: [],
      ended: true,
    })
    const changed = { ...template, readTurn: whole }
    const other = connectEnvironment(source.environment, { policy: turns(answer('', '3')), template: changed })
    const resumed = await other.resume({ source: made, at }, request({ id: 'g.r0.c0' }))
    expect(resumed).toMatchObject({
      stop: 'fault',
      reward: null,
      fault: { boundary: 'template', code: 'prefix_reread' },
    })
  })

  it('draws nothing where the prefix used up the tokens', async () => {
    const source = await world(turns(...sourceTurns)).source.rollout(task, request())
    const at = boundaries(source)[0]!
    const policy = turns(answer('', '3'))
    const resumed = await world(policy, { limits: { tokens: 5 } }).source.resume(
      { source, at },
      request({ id: 'g.r0.c0' }),
    )
    expect(resumed).toMatchObject({ stop: 'length', reward: 0 })
    expect(policy.sent).toEqual([])
  })
})
