import { InterleaveError } from '@interleave/trajectory'
import { defaultToolLimits } from '../limits.ts'
import type { ToolRunner, ToolRunnerOptions } from '../tool-session.ts'
import { RolloutSession, type SessionSettings } from './rollout-session.ts'

/**
 * A runner for a list of tools. It keeps their limits, derives their randomness, stops them in two stages and says of
 * every failure whose it is. Throws `duplicate_tool` where two tools share a name.
 */
export function createToolRunner(options: ToolRunnerOptions): ToolRunner {
  const limits = { ...defaultToolLimits, ...options.limits }
  const tools = new Map(options.tools.map((tool) => [tool.name, { tool, limits: { ...limits, ...tool.limits } }]))
  if (tools.size < options.tools.length) {
    const names = options.tools.map((tool) => tool.name)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    throw new InterleaveError('duplicate_tool', `Two tools are named "${twice}"; give each a name of its own.`)
  }
  const settings: SessionSettings = {
    tools,
    limits,
    graceMs: options.graceMs ?? 1_000,
    setupTimeoutMs: options.setupTimeoutMs ?? 60_000,
    releaseTimeoutMs: options.releaseTimeoutMs ?? 5_000,
  }
  return { tools: Object.freeze([...options.tools]), open: (rollout) => new RolloutSession(settings, rollout) }
}
