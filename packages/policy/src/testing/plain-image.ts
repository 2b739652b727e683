import { contentHash, type Image } from '@interleave/trajectory'

const bytes = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAMAAACdt4HsAAAAA1BMVEX///+nxBvIAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAG0lEQVRYw+3BgQAAAADDoPlT3+AEVQEAAAB8AxBAAAEZszF2AAAAAElFTkSuQmCC',
  'base64',
)

/** A PNG of 64 by 64 white pixels: large enough that no image processor refuses it for its size. */
export const plainImage: Image = { hash: contentHash(bytes), mime: 'image/png', width: 64, height: 64, bytes }
