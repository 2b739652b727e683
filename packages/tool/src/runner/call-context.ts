import { deriveSeed, seededRandom } from '@interleave/trajectory'
import type { CallImages } from '../image-registry.ts'
import type { CallContext, Tool } from '../tool.ts'
import type { CallRequest } from '../tool-session.ts'
import type { CallScope } from './attempt-call.ts'
import type { RunningCall } from './running-call.ts'

/** What a tool is given with its input. Own properties, so that a tool may spread it; what most do not use is made late. */
export function callContext(call: {
  request: CallRequest
  index: number
  seed: number
  tool: Tool
  state: unknown
  images: CallImages
  running: RunningCall
  scope: Pick<CallScope, 'contextOf'>
}): CallContext<unknown> {
  const { images, index, request, running, scope, seed, state, tool } = call
  let draw: (() => number) | undefined
  return {
    id: request.id,
    index,
    get rollout() {
      return scope.contextOf(tool)
    },
    images,
    state,
    get signal() {
      return running.signal
    },
    random() {
      draw ??= seededRandom(deriveSeed(seed, `tool ${tool.name}`, index))
      return draw()
    },
  }
}
