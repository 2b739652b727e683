import type { Buffer } from 'node:buffer'
import sharp from 'sharp'

const octaves = [
  { cell: 64, strength: 34 },
  { cell: 16, strength: 16 },
  { cell: 4, strength: 9 },
]
const shrink = 4
const tint = 0.15

/** A textured background as RGB bytes: smooth noise at three scales around a colour, drawn small and enlarged. */
export async function drawBackground(random: () => number, width: number, height: number): Promise<Buffer> {
  const [w, h] = [Math.ceil(width / shrink), Math.ceil(height / shrink)]
  const sum = new Float32Array(w * h * 3)
  const base = [0, 1, 2].map(() => 120 + 30 * random())
  for (let index = 0; index < sum.length; index += 1) sum[index] = base[index % 3] ?? 0
  for (const { cell, strength } of octaves) addNoise(sum, w, h, cell, strength, random)
  const raw = { width: w, height: h, channels: 3 as const }
  return sharp(Uint8ClampedArray.from(sum), { raw })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer()
}

function addNoise(sum: Float32Array, w: number, h: number, cell: number, strength: number, random: () => number): void {
  const columns = Math.ceil(w / cell) + 1
  const rows = Math.ceil(h / cell) + 1
  // Mostly grey, with a little colour of its own at each point.
  const lattice = new Float32Array(columns * rows * 3)
  for (let point = 0; point < columns * rows; point += 1) {
    const grey = 2 * random() - 1
    for (let channel = 0; channel < 3; channel += 1)
      lattice[point * 3 + channel] = strength * (grey + tint * (2 * random() - 1))
  }
  for (let y = 0; y < h; y += 1) {
    const row = Math.floor(y / cell)
    const fy = y / cell - row
    for (let x = 0; x < w; x += 1) {
      const column = Math.floor(x / cell)
      const fx = x / cell - column
      const corner = (row * columns + column) * 3
      const below = corner + columns * 3
      for (let channel = 0; channel < 3; channel += 1) {
        const top = mix(lattice[corner + channel], lattice[corner + 3 + channel], fx)
        const bottom = mix(lattice[below + channel], lattice[below + 3 + channel], fx)
        const at = (y * w + x) * 3 + channel
        sum[at] = (sum[at] ?? 0) + top + (bottom - top) * fy
      }
    }
  }
}

function mix(from = 0, to = 0, share = 0): number {
  return from + (to - from) * share
}
