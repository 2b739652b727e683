import type { ChatTemplate } from '@interleave/chat-template'
import { byteTemplate } from '@interleave/chat-template/byte'
import { embeddedPolicy } from '@interleave/embedded-policy'
import type { Environment } from '@interleave/environment'
import type { Policy } from '@interleave/policy'
import { toToolSchema } from '@interleave/tool'
import { InterleaveError, type JsonObject } from '@interleave/trajectory'
import { loadModule } from './load-module.ts'
import { questionEnvironment } from './question-environment.ts'

/** The policy that a module exports with its template; the embedded one where no module is named. */
export async function loadPolicy(file: string | undefined): Promise<{ policy: Policy; template: ChatTemplate }> {
  if (file === undefined) return { policy: embeddedPolicy(), template: byteTemplate() }
  const { policy, template } = await loadModule(file)
  if (!hasMethod(policy, 'generate') || !hasMethod(template, 'renderPrompt'))
    throw new InterleaveError(
      'bad_module',
      `${file} must export \`policy\`, which has a method generate, and \`template\`, its chat template.`,
    )
  return { policy: policy as Policy, template: template as ChatTemplate }
}

/** The environment that a module exports; image zoom and a rule that judges where no module is named. */
export async function loadEnvironment(file: string | undefined): Promise<Environment> {
  if (file === undefined) return questionEnvironment()
  const { environment } = await loadModule(file)
  if (typeof environment !== 'object' || environment === null || !('verifiers' in environment))
    throw new InterleaveError('bad_module', `${file} must export \`environment\`, made by defineEnvironment.`)
  return environment as Environment
}

function hasMethod(value: unknown, name: string): value is object {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[name] === 'function'
}

/** What these parts are, for the manifest of a run: another of them would give other bytes. */
export function describeParts(environment: Environment, policy: Policy, template: ChatTemplate): JsonObject {
  const { limits, name, sampling, system = null, tools, verifiers, version } = environment
  return {
    environment: {
      name,
      version,
      system,
      limits: { ...limits },
      sampling: { ...sampling },
      tools: tools.map((tool) => ({ ...toToolSchema(tool) })),
      verifiers: verifiers.map(({ verifier, weight }) => ({ name: verifier.name, version: verifier.version, weight })),
    },
    policy: { ...policy.capabilities },
    template: { name: template.name, hash: template.hash },
  }
}
