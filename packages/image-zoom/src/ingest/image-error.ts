import { InterleaveError } from '@interleave/trajectory'

/** Why a file is no usable image: empty, of a format that is not taken, damaged or cut short, too large, too long and thin. */
export type ImageErrorCode =
  | 'empty_image'
  | 'unsupported_format'
  | 'unreadable_image'
  | 'image_too_large'
  | 'extreme_aspect'

/** A file that cannot be ingested. The message is one sentence that names it. */
export class ImageError extends InterleaveError<ImageErrorCode> {}
