import { deriveSeed } from '@interleave/trajectory'
import { kinds } from '../kinds.ts'
import { makeScene, type Scene, type SceneOptions } from './make-scene.ts'

export interface SceneTasksOptions extends Pick<SceneOptions, 'width' | 'height' | 'mark'> {
  readonly seed: number
  readonly count: number
  /** Names of the kinds to draw, in turn. Default all. */
  readonly kinds?: readonly string[]
}

/**
 * So many scenes, the kinds of question in turn, each drawn when it is asked for. The first n of a longer list are those
 * of a shorter one. `Array.fromAsync` gives them all at once.
 */
export async function* sceneTasks({ seed, count, kinds: names, ...size }: SceneTasksOptions): AsyncGenerator<Scene> {
  const wanted = names ?? kinds.map(({ name }) => name)
  for (let index = 0; index < count; index += 1)
    yield makeScene({ ...size, seed: deriveSeed(seed, 'scenes', index), kind: wanted[index % wanted.length] ?? '' })
}
