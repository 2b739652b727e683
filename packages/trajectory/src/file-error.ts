import { InterleaveError, messageOf } from './error.ts'

export type FileErrorCode = 'disk_full' | 'unwritable_file' | 'unreadable_file'

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission for it',
  EPERM: 'this user has no permission for it',
  EROFS: 'its file system is read-only',
  ENOENT: 'it or its folder does not exist',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  EMFILE: 'too many files are open in this process',
  ENFILE: 'too many files are open on this machine',
  EIO: 'the system reports an input or output error (EIO)',
  EFBIG: 'it would grow beyond the largest file allowed',
  ENAMETOOLONG: 'its name is too long',
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Whether a caught error says that a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT'
}

/** One sentence for a failure of the file system that names the file, in place of Node's error, which is kept as `cause`. */
export function fileError(error: unknown, doing: 'read' | 'write', file: string): InterleaveError<FileErrorCode> {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new InterleaveError(
      'disk_full',
      `No space is left to write ${file}: free some and go on. What was written before is kept.`,
      { cause: error },
    )
  return new InterleaveError(
    doing === 'read' ? 'unreadable_file' : 'unwritable_file',
    `Could not ${doing} ${file}: ${reasons[code] ?? messageOf(error)}.`,
    { cause: error },
  )
}
