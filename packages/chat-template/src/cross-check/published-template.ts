import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError, InterleaveError, isMissing } from '@interleave/trajectory'
import { z } from 'zod'

const largest = 1_000_000
const named = z.array(z.looseObject({ name: z.string(), template: z.string() }))
const carrierSchema = z.looseObject({ chat_template: z.union([z.string(), named]).exactOptional() })

/** The chat template in a model's folder: chat_template.jinja, chat_template.json or tokenizer_config.json, in this order. */
export async function readPublishedTemplate(folder: string): Promise<string> {
  for (const name of ['chat_template.jinja', 'chat_template.json', 'tokenizer_config.json']) {
    const path = join(folder, name)
    const text = await read(path)
    const source = text === undefined || name.endsWith('.jinja') ? text : templateIn(text, path)
    if (source === undefined) continue
    if (source.length > largest) throw bad(`${path}: the chat template is longer than ${largest} characters`)
    return source
  }
  throw bad(`${folder} has no chat template: no chat_template.jinja, and none in its JSON files`)
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw fileError(error, 'read', path)
  }
}

function templateIn(text: string, path: string): string | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw bad(`${path} is not JSON`, error)
  }
  const result = carrierSchema.safeParse(json)
  if (!result.success) throw bad(`${path}: chat_template is neither text nor a list of named templates`)
  const { chat_template: found } = result.data
  return typeof found === 'object' ? found.find(({ name }) => name === 'default')?.template : found
}

function bad(reason: string, cause?: unknown): InterleaveError {
  return new InterleaveError('bad_chat_template', `${reason}.`, { cause })
}
