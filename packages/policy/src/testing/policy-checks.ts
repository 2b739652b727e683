import type { Check } from '@interleave/trajectory/testing'
import type { Policy } from '../policy.ts'
import { abortChecks } from './abort-checks.ts'
import { disposalCheck } from './disposal-check.ts'
import { PolicySubject, type PolicyChecksOptions } from './policy-subject.ts'
import { promptChecks } from './prompt-checks.ts'
import { repeatChecks } from './repeat-checks.ts'
import { replyChecks } from './reply-checks.ts'

/**
 * What every policy driver must satisfy, as checks for `runChecks`: replies of the declared form and length, stopping by
 * id, seeds, greedy sampling, going on from sampled tokens, requests at once, abort, images and pads, disposal. The
 * policy is really asked, about 160 short requests. The last check disposes of it.
 */
export function policyChecks(policy: Policy, options: PolicyChecksOptions): Check[] {
  const subject = new PolicySubject(policy, options)
  return [
    ...replyChecks(subject),
    ...repeatChecks(subject),
    ...promptChecks(subject),
    ...abortChecks(subject),
    disposalCheck(subject),
  ]
}
