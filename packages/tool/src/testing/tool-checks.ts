import type { Check } from '@interleave/trajectory/testing'
import type { Tool } from '../tool.ts'
import { lifecycleChecks } from './lifecycle-checks.ts'
import { observationChecks } from './observation-checks.ts'
import { schemaChecks } from './schema-checks.ts'
import type { Subject, ToolCheckOptions } from './subject.ts'

/**
 * The conformance suite of a tool: its schema converts, its calls are deterministic and keep to their limits, bad input is
 * answered and not thrown, and the states of rollouts are apart, released once and forked exactly. Run it with `runChecks`,
 * or one test per check.
 */
export function toolChecks(tool: Tool, options: ToolCheckOptions): Check[] {
  const subject: Subject = { tool, ...options }
  return [...schemaChecks(subject), ...observationChecks(subject), ...lifecycleChecks(subject)]
}
