import type { StepResult } from '@interleave/axpo'
import { groupFormat, type Group, type Trajectory } from '@interleave/trajectory'
import { exampleTrajectory } from '@interleave/trajectory/testing'
import { describe, expect, it } from 'vitest'
import { countRecoveries } from './recoveries.ts'

/** A continuation on a scene of 16 x 16 pixels: its plate is large enough to be read, or far too small. */
function continuation(id: string, reward: number | null, inView: boolean): Trajectory {
  const base = exampleTrajectory({ id, reward })
  const target = inView ? [4, 4, 12, 12] : [14, 14, 14.5, 14.5]
  return { ...base, task: { ...base.task, metadata: { target } } }
}

function group(id: string, ...continuations: readonly (readonly string[])[]): Group {
  return {
    format: groupFormat,
    id,
    taskId: 'task-0',
    rollouts: [`${id}.r0`],
    continuations: continuations.map((own, index) => ({ source: `${id}.r${index}`, at: 9, trajectories: [...own] })),
  }
}

function plan(triggered: readonly number[], available = 16): StepResult['plan'] {
  return { triggered: [...triggered], selected: [], slots: { available, used: 0 } }
}

describe('countRecoveries', () => {
  it('counts a group once, and apart where a correct continuation was shown the target', () => {
    const groups = [
      group('a', ['seen-1', 'seen-2'], ['lucky-1']),
      group('b', ['lucky-2', 'failed-in-view']),
      group('c', ['failed']),
      group('d', ['void']),
      group('e'),
    ]
    const trajectories = [
      continuation('seen-1', 1, true),
      continuation('seen-2', 1, true),
      continuation('lucky-1', 1, false),
      continuation('lucky-2', 1, false),
      continuation('failed-in-view', 0, true),
      continuation('failed', 0, false),
      continuation('void', null, true),
    ]
    expect(countRecoveries({ groups, trajectories, plan: plan([0, 1, 2, 3, 4]) })).toEqual({
      triggered: 5,
      recovered: 2,
      recoveredInView: 1,
    })
  })

  it('does not count a group’s own rollouts', () => {
    const trajectories = [continuation('a.r0', 1, true), continuation('failed', 0, true)]
    expect(countRecoveries({ groups: [group('a', ['failed'])], trajectories, plan: plan([0]) })).toEqual({
      triggered: 1,
      recovered: 0,
      recoveredInView: 0,
    })
  })

  it('counts only continuations of the kind that is resampled for', () => {
    const trajectories = [{ ...continuation('direct', 1, true), segments: [] }, continuation('zoomed', 1, true)]
    const counted = (id: string, variant: 'axpo' | 'noPrefixFix' | 'noToolTarget'): number =>
      countRecoveries({ groups: [group('a', [id])], trajectories, plan: plan([0]) }, variant).recovered
    expect([counted('direct', 'axpo'), counted('direct', 'noPrefixFix'), counted('direct', 'noToolTarget')]).toEqual([
      0, 0, 1,
    ])
    expect([counted('zoomed', 'axpo'), counted('zoomed', 'noPrefixFix'), counted('zoomed', 'noToolTarget')]).toEqual([
      1, 1, 0,
    ])
  })

  it('has nothing to recover where nothing can be resampled', () => {
    const none = countRecoveries({ groups: [group('a')], trajectories: [], plan: plan([0], 0) })
    expect(none).toEqual({ triggered: 0, recovered: 0, recoveredInView: 0 })
  })
})
