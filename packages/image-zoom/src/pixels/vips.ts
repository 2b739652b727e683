import sharp from 'sharp'

// One thread for each image and several images at a time are faster than the other way round, and nothing here is ever
// asked for twice by file name, which is all that libvips would keep.
sharp.concurrency(1)
sharp.cache(false)

export { sharp }
export type { Sharp } from 'sharp'
