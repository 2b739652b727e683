import {
  lintTrajectory,
  logicalTokens,
  placeSegments,
  sampledLength,
  trajectorySchema,
  type Trajectory,
} from '@interleave/trajectory'
import { byteIds } from '@interleave/chat-template/byte'
import { describe, expect, it } from 'vitest'
import { add, addCall, answer, call, draw, pixel, played, request, task, turns, world } from './__fixtures__/world.ts'

const withoutTiming = (trajectory: Trajectory): unknown => ({ ...trajectory, timing: undefined })
const codes = (trajectory: Trajectory): (string | undefined)[] =>
  trajectory.segments
    .filter(({ call }) => call !== undefined)
    .map(({ outcome }) => outcome?.error?.code ?? outcome?.status)

describe('a rollout', () => {
  it('keeps every token that it sent and that was sampled, and lints clean', async () => {
    const policy = turns(call('add them', addCall(1)), call('once more', addCall(2)), answer('so', '3'))
    const trajectory = await world(policy).source.rollout(task, request())

    expect(trajectorySchema.safeParse(trajectory).error).toBeUndefined()
    expect(lintTrajectory(trajectory)).toEqual([])
    expect(trajectory).toMatchObject({ stop: 'answered', reward: 1, group: { id: 'g', index: 0 } })
    expect(codes(trajectory)).toEqual(['ok', 'ok'])
    const tokens = logicalTokens(trajectory.segments)
    for (const sent of policy.sent) expect(tokens.slice(0, sent.length)).toEqual(sent)
    expect(trajectory.turns.map(({ prompt }) => prompt)).toEqual(policy.sent.map((sent) => sent.length))
    expect(sampledLength(trajectory.segments)).toBe(trajectory.turns.reduce((sum, turn) => sum + turn.sampled, 0))
    expect(new Set(trajectory.segments.map(({ kind }) => kind))).toEqual(
      new Set(['prompt', 'template', 'thinking', 'acting', 'observation', 'answer']),
    )
  })

  it('is the same for the same seed, timing left out', async () => {
    const policy = played(
      (_, index) => [call('a', JSON.stringify({ name: 'draw', arguments: {} })), answer('b', '3')][index % 2]!,
    )
    const { source } = world(policy)
    const [one, two] = [await source.rollout(task, request()), await source.rollout(task, request())]
    expect(withoutTiming(two)).toEqual(withoutTiming(one))
    const other = await source.rollout(task, request({ seed: 8 }))
    expect(other.media).not.toEqual(one.media)
  })

  it('hands each image to the policy in the order of its pads and stores it', async () => {
    const seen: string[][] = []
    const list = [call('look', JSON.stringify({ name: 'draw', arguments: {} })), answer('', '3')]
    const policy = played(({ images }, index) => {
      seen.push(images.map(({ hash }) => hash))
      return list[index]!
    })
    const { media, source } = world(policy)
    await media.put(pixel)
    const { bytes: _, ...record } = pixel
    const pictured = { ...task, prompt: [{ type: 'image' as const, ...record }, ...task.prompt] }
    const trajectory = await source.rollout(pictured, request())
    expect(lintTrajectory(trajectory)).toEqual([])
    const placed = placeSegments(trajectory.segments).flatMap(({ segment }) => segment.images ?? [])
    expect(placed.map(({ hash }) => hash)).toEqual(seen[1])
    expect(seen[0]).toEqual([pixel.hash])
    for (const image of trajectory.media) expect(await media.has(image)).toBe(true)
    expect(trajectory.media).toHaveLength(2)
  })

  it('stops at the turn limit without running the call of the last turn', async () => {
    const trajectory = await world(turns(call('again', addCall(1))), { limits: { turns: 2 } }).source.rollout(
      task,
      request(),
    )
    expect(trajectory).toMatchObject({ stop: 'turn_limit', reward: 0 })
    expect(codes(trajectory)).toEqual(['ok', undefined])
    expect(lintTrajectory(trajectory)).toEqual([])
  })

  it('counts sampled tokens against the limit and scores what was cut as wrong', async () => {
    const asked: number[] = []
    const policy = played(({ sampling }) => {
      asked.push(sampling.maxTokens)
      const whole = call('add', addCall(1))
      const cut = whole.length > sampling.maxTokens
      return { tokens: whole.slice(0, sampling.maxTokens), finish: cut ? 'length' : 'stop' }
    })
    const first = call('add', addCall(1)).length
    const trajectory = await world(policy, { limits: { tokens: first + 10 } }).source.rollout(task, request())
    expect(trajectory).toMatchObject({ stop: 'length', reward: 0 })
    expect(asked).toEqual([first + 10, 10])
    expect(lintTrajectory(trajectory)).toEqual([])
  })

  it('runs several calls of a turn in order and refuses those beyond the limit', async () => {
    const policy = turns(call('many', ...[1, 2, 3, 4, 5].map(addCall)), answer('', '3'))
    const trajectory = await world(policy).source.rollout(task, request())
    expect(codes(trajectory)).toEqual(['ok', 'ok', 'ok', 'ok', 'too_many_calls'])
    expect(
      trajectory.segments
        .filter(({ kind }) => kind === 'observation')
        .map(({ text }) => text.replaceAll(/<[^>]*>|\s/g, '').slice(0, 9)),
    ).toEqual(['2', '3', '4', '5', 'Error:Onl'])
    expect(lintTrajectory(trajectory)).toEqual([])
  })

  it('shows one observation for all the calls beyond the limit, and keeps an outcome for each', async () => {
    const policy = turns(call('flood', ...Array.from({ length: 500 }, () => addCall(1))), answer('', '3'))
    const trajectory = await world(policy, { limits: { tokens: 100_000 } }).source.rollout(task, request())
    expect(codes(trajectory)).toEqual([...Array(4).fill('ok'), ...Array(496).fill('too_many_calls')])
    expect(trajectory.segments.filter(({ kind }) => kind === 'observation')).toHaveLength(5)
    expect(lintTrajectory(trajectory)).toEqual([])
  })

  it("asks for no more than the policy's context holds, and stops where nothing is left", async () => {
    const asked: number[] = []
    const turn = call('think', addCall(1))
    const prompt = (await world(turns(answer('', '3'))).source.rollout(task, request())).turns[0]!.prompt
    const contextTokens = prompt + turn.length + 20
    const policy = played(
      ({ sampling }) => {
        asked.push(sampling.maxTokens)
        return turn
      },
      { contextTokens },
    )
    const trajectory = await world(policy).source.rollout(task, request())
    expect(asked).toEqual([turn.length + 20])
    expect(trajectory).toMatchObject({ stop: 'length', reward: 0 })
    expect(lintTrajectory(trajectory)).toEqual([])
  })

  it("answers the model's mistakes with observations", async () => {
    const policy = turns(
      call('', '{"name": "add", "arguments": {"a": "one"}}', '{"name": "shout", "arguments": {}}', '{not json'),
      answer('', '3'),
    )
    const trajectory = await world(policy).source.rollout(task, request())
    expect(codes(trajectory)).toEqual(['invalid_input', 'unknown_tool', 'invalid_call'])
    expect(trajectory).toMatchObject({ stop: 'answered', reward: 1 })
    expect(lintTrajectory(trajectory)).toEqual([])
  })

  it('ends where the policy drew an image pad, which stands for no image', async () => {
    const turn = [byteIds.imagePad, ...call('x', addCall(1))]
    const trajectory = await world(turns(turn, answer('', '3'))).source.rollout(task, request())
    expect(trajectory).toMatchObject({ stop: 'answered', reward: 0 })
    expect(codes(trajectory)).toEqual(['invalid_call'])
    expect(lintTrajectory(trajectory)).toEqual([])
  })

  it('offers tools of its own only', () => {
    expect(() => world(turns([]), { tools: [add, draw, add] })).toThrow(/two tools are named "add"/)
    expect(() => world(turns([]), { verifiers: [] })).toThrow(/nothing would be rewarded/)
    expect(() => world(turns([]), { limits: { turns: 0 } })).toThrow(/limits\.turns/)
    expect(() => world(turns([]), { sampling: { temperature: -1 } })).toThrow(/sampling\.temperature/)
  })

  it('refuses a task that cannot be used before anything is sampled', async () => {
    const policy = turns(answer('', '3'))
    const { source } = world(policy)
    const { reference: _, ...without } = task
    await expect(source.check(without)).rejects.toThrow(/Task "sum".*reference/)
    const pictured = {
      ...task,
      prompt: [{ type: 'image' as const, hash: pixel.hash, mime: pixel.mime, width: 1, height: 1 }],
    }
    await expect(source.rollout(pictured, request())).rejects.toMatchObject({ code: 'bad_task' })
    expect(policy.sent).toEqual([])
  })
})
