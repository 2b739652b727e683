import { InterleaveError, limitsSchema, samplingSchema, type Limits, type Sampling } from '@interleave/trajectory'
import type { Tool } from '@interleave/tool'
import type { Verifier, WeightedVerifier } from '@interleave/verifier'
import { trainingLimits } from './limits.ts'

/** What an author of an environment writes. */
export interface EnvironmentDefinition {
  readonly name: string
  readonly version: string
  /** Text of the system turn, before the tools. */
  readonly system?: string
  readonly tools?: readonly Tool[]
  readonly verifiers: readonly (Verifier | WeightedVerifier)[]
  /** Merged over `trainingLimits`. */
  readonly limits?: Partial<Limits>
  /** Default: temperature 1 and nothing cut off, which training needs. */
  readonly sampling?: Sampling
}

/** An environment: everything about rollouts but the policy that makes them. Frozen, holds no state. */
export interface Environment {
  readonly name: string
  readonly version: string
  readonly system?: string
  readonly tools: readonly Tool[]
  readonly verifiers: readonly Required<WeightedVerifier>[]
  readonly limits: Limits
  readonly sampling: Sampling
}

/**
 * An environment out of its definition, checked and frozen. Throws `bad_environment`, naming what is wrong: two tools of
 * one name, no verifier that counts, a limit out of range.
 */
export function defineEnvironment(definition: EnvironmentDefinition): Environment {
  const refuse = (reason: string): never => {
    throw new InterleaveError('bad_environment', `Environment "${definition.name}": ${reason}`)
  }
  const tools = definition.tools ?? []
  const names = tools.map((tool) => tool.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) refuse(`two tools are named "${twice}"; give each a name of its own.`)

  const verifiers = definition.verifiers.map((entry) =>
    'verifier' in entry ? { weight: 1, ...entry } : { verifier: entry, weight: 1 },
  )
  if (!verifiers.some(({ weight }) => weight > 0))
    refuse('no verifier has a weight above 0, so nothing would be rewarded.')

  const limits = limitsSchema.safeParse({ ...trainingLimits, ...definition.limits })
  if (!limits.success) refuse(`limits.${limits.error.issues[0]?.path.join('.')}: ${limits.error.issues[0]?.message}.`)
  const sampling = samplingSchema.safeParse(definition.sampling ?? { temperature: 1 })
  if (!sampling.success)
    refuse(`sampling.${sampling.error.issues[0]?.path.join('.')}: ${sampling.error.issues[0]?.message}.`)

  return Object.freeze({
    name: definition.name,
    version: definition.version,
    ...(definition.system === undefined ? {} : { system: definition.system }),
    tools: Object.freeze([...tools]),
    verifiers: Object.freeze(verifiers),
    limits: Object.freeze(limits.data as Limits),
    sampling: Object.freeze(sampling.data as Sampling),
  })
}
