import { z } from 'zod'

const tokenId = z.int().nonnegative()
const addedToken = z.looseObject({
  content: z.string().min(1),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  single_word: z.boolean().default(false),
})

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Some hundred thousand entries: looked at here without the cost of a schema for each.
const vocabularySchema = z.custom<Record<string, number>>(
  (value) => isRecord(value) && Object.values(value).every((id) => Number.isSafeInteger(id) && Number(id) >= 0),
  'expected an object of token ids',
)
const mergesSchema = z.custom<readonly unknown[]>(
  (value) =>
    Array.isArray(value) &&
    value.every((merge) => typeof merge === 'string' || (Array.isArray(merge) && merge.length === 2)),
  'expected a list of merges',
)

/** What is used of tokenizer.json: a byte-level BPE vocabulary. The rest is passed on to the library that reads it. */
export const tokenizerFileSchema = z.looseObject({
  added_tokens: z.array(addedToken.extend({ id: tokenId })),
  normalizer: z.looseObject({ type: z.string() }).nullable(),
  pre_tokenizer: z.looseObject({ type: z.string() }).nullable(),
  post_processor: z.looseObject({ type: z.string() }).nullable(),
  decoder: z.looseObject({ type: z.literal('ByteLevel', 'only byte-level vocabularies can be read') }),
  model: z.looseObject({
    type: z.literal('BPE', 'only BPE vocabularies can be read'),
    vocab: vocabularySchema,
    merges: mergesSchema,
  }),
})

/** What is used of tokenizer_config.json: added tokens that tokenizer.json may lack. */
export const tokenizerConfigSchema = z.looseObject({
  added_tokens_decoder: z.record(z.string().regex(/^\d+$/), addedToken).default({}),
})

export interface TokenizerFile extends z.infer<typeof tokenizerFileSchema> {}
export interface TokenizerConfig extends z.infer<typeof tokenizerConfigSchema> {}
