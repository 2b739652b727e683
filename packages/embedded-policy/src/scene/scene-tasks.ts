import { deriveSeed } from '@interleave/trajectory'
import { kinds } from '../kinds.ts'
import { makeScene, sceneDefaults, type Scene, type SceneOptions } from './make-scene.ts'

export interface SceneTasksOptions extends Pick<SceneOptions, 'width' | 'height' | 'mark' | 'decoys'> {
  readonly seed: number
  readonly count: number
  /** Names of the kinds to draw, in turn. Default all. */
  readonly kinds?: readonly string[]
}

// Of the longer side: large enough to be read without zooming, whatever the kind.
const largeShare = 200 / 2048
// In two of five rounds through the kinds: a policy that never zooms is right about as often as one that zooms badly.
const isLarge = (round: number): boolean => (round * 2) % 5 < 2

/**
 * What `makeScene` needs for so many scenes, the kinds of question in turn. In two of five rounds through the kinds the plate
 * that is asked for can be read without zooming, unless `mark` sets one size for all. The first n of a longer list are those
 * of a shorter one.
 */
export function sceneOptions({ seed, count, kinds: names, ...size }: SceneTasksOptions): SceneOptions[] {
  const wanted = names ?? kinds.map(({ name }) => name)
  const { height = sceneDefaults.height, width = sceneDefaults.width } = size
  const large = { mark: Math.round(largeShare * Math.max(width, height)), decoys: sceneDefaults.mark }
  return Array.from({ length: count }, (_, index) => ({
    ...(size.mark === undefined && isLarge(Math.floor(index / wanted.length)) && large),
    ...size,
    seed: deriveSeed(seed, 'scenes', index),
    kind: wanted[index % wanted.length] ?? '',
  }))
}

/** The scenes of `sceneOptions`, each drawn when it is asked for. `Array.fromAsync` gives them all at once. */
export async function* sceneTasks(options: SceneTasksOptions): AsyncGenerator<Scene> {
  for (const scene of sceneOptions(options)) yield makeScene(scene)
}
