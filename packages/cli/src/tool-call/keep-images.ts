import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { fileError, writeFileAtomic, type Image, type ToolOutcome } from '@interleave/trajectory'

/**
 * Writes the images of an observation, in its order, as `image-1.png` and so on. `known` holds all images of the rollout.
 * Resolves to the files. Throws `disk_full` or `unwritable_file`.
 */
export async function keepImages(folder: string, outcome: ToolOutcome, known: readonly Image[]): Promise<string[]> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, 'write', folder)
  })
  const files: string[] = []
  for (const part of outcome.content) {
    const image = part.type === 'image' ? known.find(({ hash }) => hash === part.hash) : undefined
    if (image === undefined) continue
    const ending = image.mime.replace(/^image\//, '').replace('jpeg', 'jpg')
    const file = path.join(folder, `image-${files.length + 1}.${ending}`)
    await writeFileAtomic(file, image.bytes)
    files.push(file)
  }
  return files
}
