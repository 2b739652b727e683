// A marker instead of instanceof: two installed copies of this package still recognise each other's errors.
const marker: unique symbol = Symbol.for('interleave.error') as never

/**
 * The base of every error this project throws: a closed set of string codes, and a message that says what to do.
 * Callers branch on `code`, never on the message.
 */
export class InterleaveError<Code extends string = string> extends Error {
  readonly code: Code
  readonly [marker] = true

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** Whether a caught value is one of this project's errors, and of the given code when one is asked for. */
export function isInterleaveError<Code extends string = string>(
  value: unknown,
  code?: Code,
): value is InterleaveError<Code> {
  if (typeof value !== 'object' || value === null || !(marker in value)) return false
  return code === undefined || (value as InterleaveError).code === code
}

/** The message of anything that was thrown, for a sentence shown to a user. Never a stack trace. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return 'an object that cannot be shown'
  }
}
