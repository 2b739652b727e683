import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createImage } from './create-image.ts'
import { folderMediaStore } from './folder-media-store.ts'
import { extractMedia, inlineMedia } from './inline-media.ts'
import type { MediaStore } from './media-store.ts'
import { memoryMediaStore } from './memory-media-store.ts'
import { exampleImage } from './testing/example-image.ts'
import { exampleImages, exampleTrajectory } from './testing/example-trajectory.ts'
import { tempFolder } from './__fixtures__/temp-folder.ts'
import { trajectorySchema } from './trajectory.ts'

const image = exampleImage()

describe.each(['memory', 'folder'])('the %s store', (kind) => {
  const open = (folder: string): MediaStore => (kind === 'memory' ? memoryMediaStore() : folderMediaStore(folder))

  test('gives back any bytes that were put', async () => {
    const folder = await tempFolder()
    const store = open(folder.file('media'))
    const sizes = fc.uint8Array({ maxLength: 5000 })
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.constantFrom('image/png', 'image/jpeg', '../../x', 'image/a/b'),
        async (bytes, mime) => {
          const some = createImage(bytes, { mime, width: 1, height: 1 })
          await store.put(some)
          await store.put(some)
          expect(await store.has(some)).toBe(true)
          expect(new Uint8Array(await store.get(some))).toEqual(bytes)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('refuses bytes that are not those of the hash', async () => {
    const folder = await tempFolder()
    const store = open(folder.file('media'))
    const forged = { ...image, bytes: new Uint8Array([1, 2, 3]) }
    await expect(store.put(forged)).rejects.toMatchObject({ code: 'media_corrupt', boundary: 'media' })
    expect(await store.has(image)).toBe(false)
    await expect(store.get(image)).rejects.toMatchObject({ code: 'media_missing', boundary: 'media' })
  })

  test('takes the same image from many callers at once', async () => {
    const folder = await tempFolder()
    const store = open(folder.file('media'))
    await Promise.all(Array.from({ length: 50 }, () => store.put(image)))
    expect(new Uint8Array(await store.get(image))).toEqual(image.bytes)
  })
})

test('the memory store starts with given images', async () => {
  expect(await memoryMediaStore([image]).has(image)).toBe(true)
})

test('a folder holds one file for an image, and a changed one is found out', async () => {
  const folder = await tempFolder()
  const stores = Array.from({ length: 5 }, () => folderMediaStore(folder.path))
  await Promise.all(stores.map((store) => store.put(image)))
  expect(await readdir(folder.file(image.hash.slice(0, 2)))).toEqual([`${image.hash}.png`])
  const file = folder.file(`${image.hash.slice(0, 2)}/${image.hash}.png`)
  expect(new Uint8Array(await readFile(file))).toEqual(image.bytes)
  await writeFile(file, image.bytes.subarray(0, 20))
  await expect(stores[0]?.get(image)).rejects.toMatchObject({ code: 'media_corrupt' })
})

test('a hash that is none never becomes a path', async () => {
  const folder = await tempFolder()
  const store = folderMediaStore(folder.path)
  for (const hash of ['../../../etc/passwd', 'A'.repeat(64), ''])
    await expect(store.get({ hash, mime: 'image/png' })).rejects.toMatchObject({ code: 'bad_hash', boundary: 'media' })
})

test('a store that cannot write says so as a fault of ours', async ({ skip }) => {
  skip(!existsSync('/dev/full'), 'this system has no /dev/full')
  const store = folderMediaStore('/dev/full')
  await expect(store.put(image)).rejects.toMatchObject({ code: expect.stringMatching(/^un/), boundary: 'media' })
})

test('images move into a trajectory and out again', async () => {
  const { picture, crop } = exampleImages()
  const plain = exampleTrajectory()
  const inline = await inlineMedia(plain, memoryMediaStore([picture, crop]))
  trajectorySchema.parse(inline)
  expect(inline.media.map(({ data }) => data)).toEqual(
    [picture, crop].map(({ bytes }) => Buffer.from(bytes).toString('base64')),
  )
  const store = memoryMediaStore()
  expect(await inlineMedia(inline, store)).toEqual(inline)
  expect(await extractMedia(inline, store)).toEqual(plain)
  expect(new Uint8Array(await store.get(crop))).toEqual(crop.bytes)
  const forged = { ...inline, media: inline.media.map((media) => ({ ...media, data: 'AAAA' })) }
  await expect(extractMedia(forged, store)).rejects.toMatchObject({ code: 'media_corrupt' })
})
