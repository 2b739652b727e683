/** Codes of calls whose tool never ran: the call could not be read or did not fit, or the caller refused it. */
export const notRunCodes = Object.freeze(['invalid_call', 'unknown_tool', 'invalid_input', 'too_many_calls'] as const)

/**
 * Codes that only the runner and its caller give, so that an outcome says whether the tool ran: those of `notRunCodes`, and
 * of calls that ran and were ended by the runner. No `ToolError` may carry one.
 */
export const reservedCodes = Object.freeze([...notRunCodes, 'timeout', 'limit', 'crashed'] as const)

export function isReservedCode(code: string): boolean {
  return (reservedCodes as readonly string[]).includes(code)
}
