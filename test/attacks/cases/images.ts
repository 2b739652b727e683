import { deflateSync } from 'node:zlib'
import { chunk, gradient, pngFile } from '../image-files.ts'
import { contained, type Attack, type AttackGroup } from '../attack.ts'

const look = `def look():
    if image_1 is None: return "none"
    try: image_1.load()
    except Exception as error: return f"fails: {type(error).__name__}"
    return f"{image_1.mode} {image_1.size[0]}x{image_1.size[1]}"
len(_pil_images), len(_images), look()`

const bad = (name: string, bytes: () => Promise<Uint8Array> | Uint8Array): Attack =>
  contained(name, look, 'ok', {
    images: async () => [await bytes()],
    says: /\(1, 1, '(none|fails: \w+)'\)/,
    timeout: 10,
  })

const good = (name: string, mode: string, bytes: () => Promise<Uint8Array>): Attack =>
  contained(
    name,
    `print(${look.split('\n').at(-1)})\nimage_1`.replace(/^/, `${look.split('\n').slice(0, -1).join('\n')}\n`),
    'ok',
    {
      images: async () => [await bytes()],
      says: new RegExp(`^1 1 (${mode}) \\d+x\\d+\n[^]*\\[Image 1`),
      timeout: 10,
    },
  )

const tiffHeader = (): Uint8Array => {
  const entries = [
    [256, 4, 1, 60_000],
    [257, 4, 1, 60_000],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 8],
    [278, 4, 1, 60_000],
    [279, 4, 1, 100],
  ]
  const file = Buffer.alloc(8 + 2 + entries.length * 12 + 4)
  file.write('II*\0', 0, 'latin1')
  file.writeUInt32LE(8, 4)
  file.writeUInt16LE(entries.length, 8)
  for (const [index, [tag = 0, kind = 0, count = 0, value = 0]] of entries.entries()) {
    const at = 10 + index * 12
    file.writeUInt16LE(tag, at)
    file.writeUInt16LE(kind, at + 2)
    file.writeUInt32LE(count, at + 4)
    file.writeUInt32LE(value, at + 8)
  }
  return file
}

const webpHeader = (): Uint8Array => {
  const body = Buffer.from([0x10, 0, 0, 0, 0xff, 0xff, 0x3f, 0xff, 0xff, 0x3f])
  const size = Buffer.alloc(4)
  size.writeUInt32LE(4 + 8 + body.length)
  return Buffer.concat([Buffer.from('RIFF'), size, Buffer.from('WEBPVP8X'), Buffer.from([10, 0, 0, 0]), body])
}

/** A profile of 200 MB in a chunk of 200 KB. */
const profileBomb = (): Uint8Array => {
  const profile = Buffer.concat([Buffer.from('a\0\0', 'latin1'), deflateSync(Buffer.alloc(2e8))])
  return pngFile(4, 4, Buffer.alloc(20), [chunk('iCCP', profile)])
}

export const images: AttackGroup = {
  name: 'images in',
  attacks: [
    bad('PNG bomb', () => pngFile(60_000, 60_000, Buffer.alloc(1e7))),
    bad('TIFF bomb', tiffHeader),
    bad('WebP bomb', webpHeader),
    bad('truncated PNG', async () => (await gradient(64, 64).png().toBuffer()).subarray(0, 200)),
    bad('truncated JPEG', async () => (await gradient(64, 64).jpeg().toBuffer()).subarray(0, 300)),
    bad('no bytes at all', () => new Uint8Array()),
    bad('random bytes', () => Buffer.from('no image of any kind '.repeat(50))),
    bad('SVG with references', () =>
      Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/><image href="http://127.0.0.1/"/></svg>',
      ),
    ),
    bad('PostScript', () =>
      Buffer.from('%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(/etc/passwd) (r) file\nshowpage\n'),
    ),
    contained('colour profile of 200 MB', look, 'ok', {
      images: async () => [await Promise.resolve(profileBomb())],
      timeout: 10,
    }),
    good('JPEG said to be a PNG', 'RGB', () => gradient(64, 64).jpeg().toBuffer()),
    good('animated GIF', 'P|RGB', () => gradient(8, 16, 8).gif().toBuffer()),
    good('CMYK', 'CMYK', () => gradient(32, 32).toColourspace('cmyk').jpeg().toBuffer()),
    good('16 bits a sample', 'RGB', () => gradient(32, 32).toColourspace('rgb16').png().toBuffer()),
    good('palette with transparency', 'P|RGBA', () =>
      gradient(32, 32).ensureAlpha(0.5).png({ palette: true }).toBuffer(),
    ),
    good('rotated by EXIF', 'RGB', () => gradient(32, 16).withMetadata({ orientation: 6 }).jpeg().toBuffer()),
    good('one pixel', 'RGB', () => gradient(1, 1).png().toBuffer()),
    good('aspect of 300 to 1', 'RGB', () => gradient(3000, 10).png().toBuffer()),
  ],
}
