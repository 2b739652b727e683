import type { Rgb } from './cues.ts'

const dark: Rgb = [25, 25, 25]

/** What can stand on a plate: the colour at a point of the unit square, or nothing where the plate shows. */
export type Glyph = (x: number, y: number) => Rgb | undefined

/** One attribute that a question can ask for, its possible answers, and how each is drawn. */
export interface GlyphFamily {
  readonly answers: readonly string[]
  readonly glyphs: readonly Glyph[]
}

const colours: Record<string, Rgb> = {
  red: [215, 30, 30],
  yellow: [240, 210, 0],
  green: [20, 150, 40],
  cyan: [0, 190, 215],
  blue: [30, 60, 210],
  purple: [130, 40, 170],
  black: [20, 20, 20],
  brown: [125, 75, 35],
}

const shapes: Record<string, (x: number, y: number) => boolean> = {
  circle: (x, y) => x * x + y * y < 0.9,
  square: (x, y) => Math.abs(x) < 0.8 && Math.abs(y) < 0.8,
  triangle: (x, y) => y < 0.85 && y > -0.85 + 2 * Math.abs(x),
  plus: (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.25 && Math.max(Math.abs(x), Math.abs(y)) < 0.95,
  'x-shape': (x, y) => Math.abs(Math.abs(x) - Math.abs(y)) < 0.32 && Math.max(Math.abs(x), Math.abs(y)) < 0.9,
  ring: (x, y) => x * x + y * y < 0.95 && x * x + y * y > 0.3,
  'horizontal bar': (x, y) => Math.abs(x) < 0.95 && Math.abs(y) < 0.32,
  'vertical bar': (x, y) => Math.abs(y) < 0.95 && Math.abs(x) < 0.32,
}

const sides = ['right', 'upper right', 'top', 'upper left', 'left', 'lower left', 'bottom', 'lower right']

// Cells of a 3 x 3 board, as on dice.
const boards = [[4], [0, 8], [0, 4, 8], [0, 2, 6, 8], [0, 2, 4, 6, 8], [0, 2, 3, 5, 6, 8], [0, 2, 3, 4, 5, 6, 8]]
const dots = [...boards, [0, 1, 2, 3, 5, 6, 7, 8]]

// Shapes are given on [-1, 1] x [-1, 1], y downwards.
const painted =
  (inside: (x: number, y: number) => boolean, colour: Rgb = dark): Glyph =>
  (x, y) =>
    inside(2 * x - 1, 2 * y - 1) ? colour : undefined

function notched(direction: number): Glyph {
  const angle = (direction * Math.PI) / 4
  const [dx, dy] = [Math.cos(angle), -Math.sin(angle)]
  return painted((x, y) => x * x + y * y < 0.95 && x * dx + y * dy < 0.72 * Math.hypot(x, y) + 0.08)
}

function dotted(cells: readonly number[]): Glyph {
  const near = (value: number, at: number): number => value - (at - 1) * 0.62
  return painted((x, y) => cells.some((cell) => Math.hypot(near(x, cell % 3), near(y, Math.floor(cell / 3))) < 0.24))
}

/** The attributes, each with eight answers. */
export const families = {
  colour: {
    answers: Object.keys(colours),
    glyphs: Object.values(colours).map((colour) => painted((x, y) => x * x + y * y < 0.45, colour)),
  },
  shape: { answers: Object.keys(shapes), glyphs: Object.values(shapes).map((shape) => painted(shape)) },
  notch: { answers: sides, glyphs: sides.map((_, direction) => notched(direction)) },
  dots: { answers: dots.map((cells) => `${cells.length}`), glyphs: dots.map(dotted) },
} as const satisfies Record<string, GlyphFamily>

export type Family = keyof typeof families
