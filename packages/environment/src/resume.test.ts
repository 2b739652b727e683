import { lintTrajectory, logicalTokens, placeSegments, type Trajectory } from '@interleave/trajectory'
import { describe, expect, it } from 'vitest'
import type { Turn } from '@interleave/chat-template'
import { byteIds } from '@interleave/chat-template/byte'
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
