import type { ChatTemplate } from '@interleave/chat-template'
import type { Policy } from '@interleave/policy'
import { createToolRunner, toToolSchema } from '@interleave/tool'
import { InterleaveError, memoryMediaStore, type MediaStore, type Task, type Trajectory } from '@interleave/trajectory'
import type { Environment } from './environment.ts'
import { taskPreparer } from './prepared-task.ts'
import { freezePrefix, type Prefix } from './prefix.ts'
import { PrefixSessions } from './prefix-sessions.ts'
import type { RolloutRequest } from './rollout-context.ts'
import { runRollout } from './run-rollout.ts'

/** What an environment needs to make rollouts. */
export interface Connection {
  readonly policy: Policy
  readonly template: ChatTemplate
  /** Where task images are read from and new images are written to, before the trajectory that names them is returned. Default: memory. */
  readonly media?: MediaStore
}

/** Rollouts of one environment by one policy. Satisfies the contract of the AXPO sampler by shape. */
export interface EnvironmentSource {
  readonly environment: Environment
  /** Refuses a task that no rollout could be made of (`bad_task`), without making one. */
  check(task: Task): Promise<void>
  rollout(task: Task, request: RolloutRequest): Promise<Trajectory>
  resume(prefix: Prefix, request: RolloutRequest): Promise<Trajectory>
}

/**
 * Connects an environment to a policy. A rollout always ends in a trajectory: a failure of ours is one with `stop: 'fault'`
 * and a null reward, a cancelled one has `stop: 'cancelled'`. What throws: a task or a prefix that cannot be used at all, and a
 * media store that cannot be written to (`disk_full`, `unwritable_file`).
 */
export function connectEnvironment(environment: Environment, connection: Connection): EnvironmentSource {
  const { policy, template } = connection
  const media = connection.media ?? memoryMediaStore()
  const prepare = taskPreparer(environment, template, media)
  const runner = createToolRunner({ tools: environment.tools })
  const tools = environment.tools.map(toToolSchema)
  const { capabilities } = policy
  const fixed = {
    environment: {
      name: environment.name,
      version: environment.version,
      tools,
      limits: environment.limits,
      template: { name: template.name, hash: template.hash, imagePad: template.imagePad },
    },
    policy: {
      model: capabilities.model,
      driver: capabilities.driver,
      exact: capabilities.exact,
      logprobs: capabilities.logprobs,
      sampling: environment.sampling,
    },
  }
  const context = { environment, policy, template, media, runner, prefixes: new PrefixSessions(runner), fixed }

  async function prepared(task: Task): ReturnType<typeof prepare> {
    const ready = await prepare(task)
    if (ready.images.length > 0 && !capabilities.images)
      throw new InterleaveError(
        'bad_task',
        `Task "${task.id}" has images, and the policy ${capabilities.model} takes none.`,
      )
    return ready
  }

  return {
    environment,
    async check(task) {
      await prepared(task)
    },
    async rollout(task, request) {
      return runRollout(context, task, await prepared(task), request)
    },
    async resume(prefix, request) {
      const { hash } = prefix.source.environment.template
      if (hash !== template.hash)
        throw new InterleaveError(
          'bad_prefix',
          `${prefix.source.id} was made with the chat template ${prefix.source.environment.template.name} (${hash.slice(0, 8)}), not with ${template.name} (${template.hash.slice(0, 8)}): its ids mean something else here.`,
        )
      const frozen = freezePrefix(prefix)
      return runRollout(context, prefix.source.task, await prepared(prefix.source.task), request, { prefix, frozen })
    },
  }
}
