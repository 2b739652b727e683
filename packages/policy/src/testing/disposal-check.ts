import { expectCheck, type Check } from '@interleave/trajectory/testing'
import type { PolicySubject } from './policy-subject.ts'

/** Runs last: the policy cannot be used afterwards. */
export function disposalCheck(subject: PolicySubject): Check {
  return {
    name: 'disposal: ends in time, also a second time, and requests are refused from then on',
    async run() {
      expectCheck(typeof subject.policy[Symbol.asyncDispose] === 'function', 'it has no Symbol.asyncDispose method')
      for (const what of ['disposal', 'a second disposal'])
        await subject.within(Promise.resolve(subject.policy[Symbol.asyncDispose]()), what)
      await subject.expectRefused({}, 'a request after disposal')
    },
  }
}
