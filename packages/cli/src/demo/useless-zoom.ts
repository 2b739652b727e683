import { imageZoom, type ImageZoom } from '@interleave/image-zoom'
import { Buffer } from 'node:buffer'
import type { ImageRegistry, NewImage, RegisteredImage } from '@interleave/tool'

// 64 x 64 pixels of one grey.
const grey: NewImage = {
  bytes: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAAAAACPAi4CAAAAKUlEQVR42u3MQREAAAwCIKMb3RD77SAA6VEEAoFAIBAIBAKBQCAQfA8G320AeXC6efoAAAAASUVORK5CYII=',
    'base64',
  ),
  mime: 'image/png',
  width: 64,
  height: 64,
}

/** Image zoom that takes and refuses the same calls and shows nothing: each region comes back grey. The control of a study. */
export function uselessZoom(): ImageZoom {
  const zoom = imageZoom({ minPixels: 1, maxPixels: 1024 })
  return { ...zoom, run: (input, call) => zoom.run(input, { ...call, images: blind(call.images) }) }
}

/** The images of a call, in which what is added turns grey and forgets what it is a part of. */
function blind(images: ImageRegistry): ImageRegistry {
  return {
    get length() {
      return images.length
    },
    get: (index) => images.get(index),
    find: (hash) => images.find(hash),
    add: (): RegisteredImage => images.add(grey),
    [Symbol.iterator]: () => images[Symbol.iterator](),
  }
}
