import { isInterleaveError, messageOf, type Credit, type Trajectory } from '@interleave/trajectory'
import { expectCheck, type Check } from '@interleave/trajectory/testing'
import type { Trainable } from '../trainable.ts'
import type { PolicyChecksOptions } from './policy-subject.ts'
import { drawnSpan, inheritFirst } from './sampled-trajectory.ts'
import { TrainableSubject } from './trainable-subject.ts'

type Spans = Credit['spans']

/**
 * What a training loop relies on, as checks for `runChecks`, beside those of `policyChecks`: what an update reports, the
 * version of the weights, batches without credit, credit on tokens that were not drawn, abort. The policy is really
 * trained, one small step, and not disposed of: run these before `policyChecks`, which does.
 */
export function trainableChecks(policy: Trainable, options: PolicyChecksOptions): Check[] {
  const subject = new TrainableSubject(policy, options)
  return [
    {
      name: 'update: trains the tokens with credit, and its version is that of the replies after it',
      async run() {
        const { version } = await subject.standing()
        const [first, second, third] = await subject.three()
        const [whole, half] = [drawnSpan(first), drawnSpan(second)]
        const middle = (half.start + half.end + 1) >> 1
        // More against than for what was drawn: a learner that goes far must still draw this and that afterwards.
        const spans = [[span(whole.start, whole.end, -1)], [span(half.start, middle, 0.25, 2)]]
        const report = await subject.update(subject.batch([first, second, third], spans))
        const count = whole.end - whole.start + middle - half.start
        expectCheck(
          report.trainedTokens === count,
          `${count} tokens had credit; trainedTokens is ${report.trainedTokens}`,
        )
        expectFinite(report.metrics)
        expectCheck(report.weightVersion !== version, `it trained, and the version of the weights is still ${version}`)
        const after = await subject.standing()
        expectCheck(
          after.version === report.weightVersion,
          `it reports the version ${report.weightVersion}; replies after it carry ${after.version}`,
        )
      },
    },
    {
      name: 'no credit: such a batch is taken and trains nothing',
      async run() {
        const before = await subject.standing()
        for (const trajectories of [await subject.three(), []]) {
          const report = await subject.update(subject.batch(trajectories, []))
          const what = `a batch of ${trajectories.length} trajectories without credit`
          expectCheck(report.trainedTokens === 0, `${what} is reported to have trained ${report.trainedTokens} tokens`)
          expectFinite(report.metrics)
          expectCheck(
            report.weightVersion === before.version,
            `${what} is reported to give version ${report.weightVersion}`,
          )
          await subject.expectUnchanged(before, what)
        }
      },
    },
    {
      name: 'bad credit: on tokens that were not drawn it is refused, and nothing is trained',
      async run() {
        const before = await subject.standing()
        const [good, bad] = await subject.three()
        const { end, start } = drawnSpan(bad)
        const cases: [string, Trajectory, Spans][] = [
          ['credit on the prompt', bad, [span(start - 1, end, 1)]],
          ['credit beyond the end', bad, [span(start, end + 1, 1)]],
          ['credit on inherited tokens', inheritFirst(bad), [span(start, end, 1)]],
        ]
        for (const [what, trajectory, spans] of cases) {
          const fine = [span(drawnSpan(good).start, drawnSpan(good).end, 1)]
          const error = await subject.rejection(subject.batch([good, trajectory], [fine, spans]))
          expectCheck(error !== null, `${what} is accepted; refuse it with the code bad_credit`)
          expectCheck(
            isInterleaveError(error, 'bad_credit'),
            `${what} is refused without the code bad_credit: ${messageOf(error)}`,
          )
          await subject.expectUnchanged(before, what)
        }
      },
    },
    {
      name: 'aborted update: rejects with the reason of the signal, and nothing is trained',
      async run() {
        const before = await subject.standing()
        const trajectories = await subject.three()
        const spans = trajectories.map((trajectory) => [
          span(drawnSpan(trajectory).start, drawnSpan(trajectory).end, 1),
        ])
        const reason = new Error('the check aborted it')
        const signal = AbortSignal.abort(reason)
        const error = await subject.rejection({ ...subject.batch(trajectories, spans), signal })
        expectCheck(error !== null, 'an update whose signal has fired goes through')
        expectCheck(error === reason, `it rejects with "${messageOf(error)}", not with the reason of the signal`)
        await subject.expectUnchanged(before, 'an aborted update')
      },
    },
  ]
}

function span(start: number, end: number, advantage: number, weight = 1): Spans[number] {
  return { start, end, advantage, weight, role: 'rollout', estimator: 'check', groupId: 'check' }
}

function expectFinite(metrics: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(metrics))
    expectCheck(Number.isFinite(value), `the metric ${name} is ${value}; report finite numbers`)
}
