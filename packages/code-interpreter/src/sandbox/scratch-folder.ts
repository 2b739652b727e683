import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FaultError, messageOf } from '@interleave/trajectory'

/** A folder that nobody else can look into, and in it the place where a jail puts its root together. */
export interface ScratchFolder extends AsyncDisposable {
  readonly folder: string
  readonly place: string
}

/** Makes one below the system's folder for temporary files. Rejects with the fault `no_scratch_folder` where that is full or missing. */
export async function makeScratchFolder(prefix: string): Promise<ScratchFolder> {
  try {
    const folder = await mkdtemp(join(tmpdir(), prefix))
    const place = join(folder, 'root')
    await mkdir(place)
    return { folder, place, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
  } catch (error) {
    throw new FaultError(
      'sandbox',
      'no_scratch_folder',
      `A sandbox needs a folder in ${tmpdir()}, and none could be made (${messageOf(error)}): free some space there, or name another place in TMPDIR.`,
      { cause: error },
    )
  }
}
