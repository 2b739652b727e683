import { isolationTiers, probeIsolation, type IsolationTier } from '@interleave/code-interpreter'
import { messageOf } from '@interleave/trajectory'
import type { Finding } from './finding.ts'

const meanings: Readonly<Record<IsolationTier, string>> = {
  T3: 'namespaces, private files, seccomp, limits, and control groups',
  T2: 'namespaces, private files, seccomp and limits',
  T1: 'Landlock, seccomp and limits, no namespaces',
  T0: 'none: a plain process',
}

/** How well model code is kept apart from this machine. The Python tool asks for `T2` unless told otherwise. */
export async function isolationFinding(): Promise<Finding> {
  const part = 'isolation of code'
  try {
    const { refused, tier } = await probeIsolation()
    const detail = `tier ${tier}: ${meanings[tier]}.`
    const stronger = isolationTiers.slice(0, isolationTiers.indexOf(tier))
    const reasons = stronger.map((name) => `${name} does not work: ${(refused[name] ?? 'unknown').replace(/\.$/, '')}.`)
    const enough = tier === 'T3' || tier === 'T2'
    const advice = enough
      ? reasons
      : [
          ...reasons,
          'The Python tool refuses to start below T2: allow user namespaces (Docker: --security-opt seccomp=unconfined), or give it minimumIsolation.',
        ]
    return {
      part,
      state: enough ? 'works' : 'optional',
      detail,
      ...(advice.length > 0 && { advice: advice.join('\n') }),
    }
  } catch (error) {
    return { part, state: 'missing', detail: messageOf(error) }
  }
}

/** The JavaScript tool, which needs nothing but this package. */
export async function javascriptFinding(): Promise<Finding> {
  const part = 'JavaScript'
  try {
    const { javascript } = await import('@interleave/code-interpreter')
    const { callTool } = await import('@interleave/tool/testing')
    await using tool = javascript()
    const { outcome } = await callTool(tool, { code: '1 + 1' })
    return outcome.status === 'ok'
      ? { part, state: 'works', detail: 'isolated-vm runs code.' }
      : { part, state: 'missing', detail: outcome.error?.message ?? 'It gave no answer.' }
  } catch (error) {
    return { part, state: 'missing', detail: messageOf(error) }
  }
}
