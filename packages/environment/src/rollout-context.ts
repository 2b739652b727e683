import type { ChatTemplate } from '@interleave/chat-template'
import type { Policy } from '@interleave/policy'
import type { ToolRunner } from '@interleave/tool'
import type { MediaStore, Trajectory } from '@interleave/trajectory'
import type { Environment } from './environment.ts'
import type { FrozenPrefix, Prefix } from './prefix.ts'
import type { PrefixSessions } from './prefix-sessions.ts'

/** Which rollout is asked for. The same seed asks for the same rollout. */
export interface RolloutRequest {
  readonly id: string
  readonly groupId: string
  readonly index: number
  readonly sessionKey: string
  readonly seed: number
  readonly signal: AbortSignal
}

/** What all rollouts of a source share. */
export interface RolloutContext {
  readonly environment: Environment
  readonly policy: Policy
  readonly template: ChatTemplate
  readonly media: MediaStore
  readonly runner: ToolRunner
  readonly prefixes: PrefixSessions
  readonly fixed: Pick<Trajectory, 'environment' | 'policy'>
}

/** Where a rollout goes on from. */
export interface ResumedFrom {
  readonly prefix: Prefix
  readonly frozen: FrozenPrefix
}
