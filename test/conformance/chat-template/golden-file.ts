import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'

const size = z.tuple([z.int(), z.int()])
const content = z.array(z.union([z.int(), size]))

const turnSchema = z.object({
  calls: z.int(),
  outcomes: z.array(content),
  sampled: z.array(z.int()),
  suffixIds: z.string(),
  suffixLength: z.int(),
})

const caseSchema = z.object({
  model: z.enum(['qwen3-vl-thinking', 'qwen3-vl-instruct', 'qwen2.5-vl', 'hermes']),
  hostile: z.boolean(),
  system: z.int().nullable(),
  tools: z.array(z.int()),
  prompt: content,
  promptIds: z.string(),
  promptLength: z.int(),
  turns: z.array(turnSchema),
})

const headSchema = z.object({
  made: z.looseObject({ transformers: z.string(), tokenizer: z.string() }),
  texts: z.array(z.string()),
  tools: z.array(z.object({ name: z.string(), description: z.string(), parameters: z.record(z.string(), z.json()) })),
  sizes: z.array(z.tuple([z.int(), z.int(), z.int(), z.int()])),
})

export type GoldenCase = z.infer<typeof caseSchema>

/** Conversations as indices into lists, and digests of the ids that transformers gives for them. */
export interface Golden extends z.infer<typeof headSchema> {
  readonly cases: readonly GoldenCase[]
}

/** Reads what make_golden.py wrote. */
export async function readGolden(file: string): Promise<Golden> {
  const [head, ...cases] = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  return { ...headSchema.parse(head), cases: cases.map((given) => caseSchema.parse(given)) }
}

/** The digest of ids that the file holds in their place. */
export function digest(ids: readonly number[]): string {
  return createHash('sha256').update(ids.join(',')).digest('hex').slice(0, 24)
}
