import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { rolloutSourceChecks } from '@interleave/axpo/testing'
import type { RolloutSource } from '@interleave/axpo'
import type { ChatTemplate } from '@interleave/chat-template'
import { templateChecks } from '@interleave/chat-template/testing'
import { ingestImage } from '@interleave/image-zoom/ingest'
import type { Policy, Trainable } from '@interleave/policy'
import { policyChecks, trainableChecks } from '@interleave/policy/testing'
import type { Tool } from '@interleave/tool'
import { toolChecks } from '@interleave/tool/testing'
import { InterleaveError, messageOf, taskSchema, type Image } from '@interleave/trajectory'
import type { Check } from '@interleave/trajectory/testing'
import type { Verifier } from '@interleave/verifier'
import { verifierChecks } from '@interleave/verifier/testing'
import { z } from 'zod'

/** What a module says of its own exports in `checks`: the material that a suite needs besides the thing itself. */
const materialSchema = z.strictObject({
  /** Tool: inputs that must succeed, in an order that one rollout could make them in. */
  examples: z.array(z.json()).exactOptional(),
  /** Tool: inputs of the right form that must give an error observation. */
  rejected: z.array(z.json()).exactOptional(),
  /** Tool: image files that the task brings, relative to the module. */
  images: z.array(z.string()).exactOptional(),
  /** Verifier: references as tasks hold them. */
  references: z.array(z.json()).exactOptional(),
  /** Rollout source: a task on which it calls a tool at least sometimes. */
  task: taskSchema.exactOptional(),
  /** Policy: ids to continue, and the ids that end a turn. */
  prompt: z.array(z.int()).exactOptional(),
  stopTokens: z.array(z.int()).exactOptional(),
})

type Material = z.output<typeof materialSchema>

/** One export that can be checked, and its suite. */
export interface CheckSubject {
  readonly name: string
  readonly kind: string
  readonly checks: readonly Check[]
}

/** The checkable exports of a module. Throws `bad_module` where there is none, or where material is missing. */
export async function checkSubjects(file: string, exported: Record<string, unknown>): Promise<CheckSubject[]> {
  const fail = (message: string): InterleaveError => new InterleaveError('bad_module', `${file}: ${message}`)
  const parsed = materialSchema.safeParse(exported['checks'] ?? {})
  if (!parsed.success)
    throw fail(`${['checks', ...(parsed.error.issues[0]?.path ?? [])].join('.')}: ${parsed.error.issues[0]?.message}.`)
  const images = await readImages(path.dirname(file), parsed.data.images ?? [], fail)
  const subjects: CheckSubject[] = []
  for (const [name, value] of Object.entries(exported)) {
    const kind = kinds.find(({ has }) =>
      has.every((key) => typeof value === 'object' && value !== null && key in value),
    )
    if (kind === undefined) continue
    const lacking = kind.needs.find((key) => parsed.data[key] === undefined)
    if (lacking !== undefined)
      throw fail(`${name} is a ${kind.name}; to check it, export checks = { ${lacking}: ... } as well (${kind.why}).`)
    subjects.push({ name, kind: kind.name, checks: kind.suite(value, parsed.data, images) })
  }
  if (subjects.length === 0)
    throw fail(`it exports nothing that can be checked; export a ${kinds.map(({ name }) => name).join(', a ')}.`)
  return subjects
}

interface Kind {
  readonly name: string
  /** Members by which it is recognised. */
  readonly has: readonly string[]
  readonly needs: readonly (keyof Material)[]
  readonly why: string
  suite(value: unknown, material: Material, images: readonly Image[]): Check[]
}

const kinds: readonly Kind[] = [
  {
    name: 'tool',
    has: ['description', 'input', 'run'],
    needs: ['examples'],
    why: 'inputs that must succeed',
    suite: (tool, { examples = [], rejected = [] }, images) => toolChecks(tool as Tool, { examples, rejected, images }),
  },
  {
    name: 'verifier',
    has: ['reference', 'verify'],
    needs: ['references'],
    why: 'references as tasks hold them',
    suite: (verifier, { references = [] }) => verifierChecks(verifier as Verifier, { references }),
  },
  {
    // Before the plain policy: what is found first counts.
    name: 'trainable policy',
    has: ['capabilities', 'generate', 'update'],
    needs: ['prompt', 'stopTokens'],
    why: 'ids to continue, and those that end a turn',
    suite: (policy, { prompt = [], stopTokens = [] }) => [
      ...trainableChecks(policy as Trainable, { prompt, stopTokens }),
      // These end with its disposal.
      ...policyChecks(policy as Trainable, { prompt, stopTokens }),
    ],
  },
  {
    name: 'policy',
    has: ['capabilities', 'generate'],
    needs: ['prompt', 'stopTokens'],
    why: 'ids to continue, and those that end a turn',
    suite: (policy, { prompt = [], stopTokens = [] }) => policyChecks(policy as Policy, { prompt, stopTokens }),
  },
  {
    name: 'rollout source',
    has: ['rollout', 'resume'],
    needs: ['task'],
    why: 'a task on which it calls a tool',
    suite: (source, { task }) => rolloutSourceChecks(source as RolloutSource, { task: task! }),
  },
  {
    name: 'chat template',
    has: ['renderPrompt', 'readTurn'],
    needs: [],
    why: '',
    suite: (template) => templateChecks(template as ChatTemplate),
  },
]

async function readImages(
  folder: string,
  names: readonly string[],
  fail: (message: string) => InterleaveError,
): Promise<Image[]> {
  const images: Image[] = []
  for (const name of names) {
    try {
      images.push(await ingestImage(await readFile(path.resolve(folder, name))))
    } catch (error) {
      throw fail(`checks.images: ${name}: ${messageOf(error)}`)
    }
  }
  return images
}
