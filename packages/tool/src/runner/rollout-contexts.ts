import type { ImageList } from '../image-registry.ts'
import type { RolloutContext, Tool } from '../tool.ts'
import type { ReleaseStack } from './release-stack.ts'

/**
 * What each tool may know of a rollout: one object a tool, the same for all its calls, since what a tool defers is released
 * with its state. The seed is asked for each time: calls that are made again take the seed of the rollout they come from.
 */
export function rolloutContexts(rollout: {
  readonly id: string
  readonly signal: AbortSignal
  readonly seed: () => number
  readonly images: ImageList
  readonly releases: ReleaseStack
}): (tool: Tool) => RolloutContext {
  const { id, images, releases, seed, signal } = rollout
  const contexts = new Map<Tool, RolloutContext>()
  return (tool) => {
    let context = contexts.get(tool)
    if (context === undefined) {
      context = {
        id,
        get seed() {
          return seed()
        },
        signal,
        images,
        defer: (release) => releases.push(tool.name, release),
      }
      contexts.set(tool, context)
    }
    return context
  }
}
