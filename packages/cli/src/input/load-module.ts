import { stat } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { InterleaveError, messageOf } from '@interleave/trajectory'

/** What a JavaScript or TypeScript file exports. Throws `bad_module` with the file's name where it cannot be loaded. */
export async function loadModule(file: string): Promise<Record<string, unknown>> {
  const full = path.resolve(file)
  const found = await stat(full).catch(() => undefined)
  if (found?.isFile() !== true) throw new InterleaveError('bad_module', `There is no file ${file}.`)
  if (!/\.[cm]?[jt]s$/.test(full))
    throw new InterleaveError(
      'bad_module',
      `${file} is no JavaScript or TypeScript module; its name must end in .js, .mjs or .ts.`,
    )
  try {
    return (await import(pathToFileURL(full).href)) as Record<string, unknown>
  } catch (error) {
    throw new InterleaveError('bad_module', `${file} could not be loaded: ${messageOf(error)}`, { cause: error })
  }
}
