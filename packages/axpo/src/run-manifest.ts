import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  contentHash,
  creditFormat,
  fileError,
  groupFormat,
  InterleaveError,
  isMissing,
  jsonObjectSchema,
  trajectoryFormat,
  writeFileAtomic,
  type JsonObject,
  type JsonValue,
} from '@interleave/trajectory'
import { z } from 'zod'

export const runFormat = 'interleave/run@1'

const formats = { trajectory: trajectoryFormat, group: groupFormat, credit: creditFormat }

/** `run.json`: what a run was started with, and the SHA-256 of that with its keys sorted. */
export const runManifestSchema = z.strictObject({
  format: z.literal(runFormat),
  formats: z.record(z.string(), z.string()),
  manifest: jsonObjectSchema,
  hash: z.string(),
})

/** Writes `run.json`. */
export async function writeRunManifest(folder: string, manifest: JsonObject): Promise<void> {
  const hash = contentHash(JSON.stringify(sorted(manifest)))
  await writeFileAtomic(
    join(folder, 'run.json'),
    `${JSON.stringify({ format: runFormat, formats, manifest, hash }, null, 2)}\n`,
  )
}

/**
 * Whether the folder holds a run that was started with this manifest; false where it holds none. Throws `other_run` with
 * the first field that differs, `bad_run_folder` where `run.json` cannot be understood.
 */
export async function matchRunManifest(folder: string, manifest: JsonObject): Promise<boolean> {
  const file = join(folder, 'run.json')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return false
    throw fileError(error, 'read', file)
  }
  const stored = runManifestSchema.safeParse(parseJson(text))
  if (!stored.success)
    throw new InterleaveError('bad_run_folder', `${file} is not the manifest of a run that this version can read.`)
  const was = { ...stored.data.manifest, formats: stored.data.formats }
  const difference = firstDifference(sorted(was), sorted({ ...manifest, formats }), '')
  if (difference !== undefined)
    throw new InterleaveError(
      'other_run',
      `${folder} holds a run with another configuration: ${difference}. Resume with the same, or choose another folder.`,
    )
  return true
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The same value with the keys of every object in order: two equal values have one text. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value).toSorted()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key]!)]))
}

function firstDifference(was: JsonValue | undefined, is: JsonValue | undefined, path: string): string | undefined {
  if (isBranch(was) && isBranch(is) && Array.isArray(was) === Array.isArray(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    for (const key of keys) {
      const name = Array.isArray(was) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
      const difference = firstDifference(was[key], is[key], name)
      if (difference !== undefined) return difference
    }
    return undefined
  }
  if (JSON.stringify(was) === JSON.stringify(is)) return undefined
  return `${path} was ${show(was)} and is now ${show(is)}`
}

function isBranch(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null
}

function show(value: JsonValue | undefined): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
