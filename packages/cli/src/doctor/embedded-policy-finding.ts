import { messageOf } from '@interleave/trajectory'
import type { Finding } from './finding.ts'

export async function embeddedPolicyFinding(): Promise<Finding> {
  const part = 'embedded policy'
  try {
    const { embeddedPolicy } = await import('@interleave/embedded-policy')
    await using policy = embeddedPolicy()
    return { part, state: 'works', detail: `${policy.capabilities.model}, in this process, no GPU needed.` }
  } catch (error) {
    return { part, state: 'missing', detail: messageOf(error) }
  }
}
