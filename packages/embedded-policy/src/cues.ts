export type Rgb = readonly [number, number, number]

/** The colours that say where to look, around the colour circle. */
export const cues = {
  orange: [255, 140, 0],
  lime: [150, 215, 0],
  green: [0, 165, 60],
  teal: [0, 185, 185],
  blue: [30, 90, 255],
  violet: [140, 40, 240],
  magenta: [240, 30, 190],
  crimson: [225, 20, 40],
} as const satisfies Record<string, Rgb>

export type Cue = keyof typeof cues
export const cueNames = Object.keys(cues) as Cue[]
