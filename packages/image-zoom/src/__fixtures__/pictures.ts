import { createImage, type Image } from '@interleave/trajectory'
import type { Pixels } from '../pixels/pixels.ts'
import { sharp } from '../pixels/vips.ts'

/** Waves and noise, the same on every machine: nothing in it is symmetric, so that a shift or a flip shows. */
export function pattern(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3)
  let state = 12_345
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < 3; channel += 1) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
        const wave = 128 + 90 * Math.sin(x / 3 + channel) * Math.cos(y / 4)
        data[(y * width + x) * 3 + channel] = Math.min(255, Math.max(0, wave + ((state >>> 16) % 60) - 30))
      }
  return { data, width, height }
}

export async function patternImage(width: number, height: number, format: 'png' | 'jpeg' = 'png'): Promise<Image> {
  const { data } = pattern(width, height)
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer()
  return createImage(new Uint8Array(bytes), { mime: `image/${format}`, width, height })
}
