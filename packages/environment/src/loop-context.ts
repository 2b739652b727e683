import type { ChatTemplate } from '@interleave/chat-template'
import type { Policy } from '@interleave/policy'
import type { ToolSession } from '@interleave/tool'
import type { Timing } from '@interleave/trajectory'
import type { Environment } from './environment.ts'
import type { RolloutRecord } from './rollout-record.ts'

/** What one rollout works with. */
export interface LoopContext {
  readonly environment: Environment
  readonly template: ChatTemplate
  readonly policy: Policy
  readonly session: ToolSession
  readonly record: RolloutRecord
  readonly timing: Timing
  readonly request: { readonly id: string; readonly seed: number; readonly sessionKey: string }
  readonly signal: AbortSignal
}
