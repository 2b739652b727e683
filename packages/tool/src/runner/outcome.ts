import type { ToolOutcome } from '@interleave/trajectory'
import type { CallRequest } from '../tool-session.ts'
import { cutText } from './cut-text.ts'
import type { ReadContent } from './read-content.ts'

/** The error observation of a call: what it produced before it failed, then the message. */
export function errorOutcome(
  request: CallRequest,
  index: number,
  code: string,
  message: string,
  maxChars: number,
  before: ReadContent = { content: [] },
): ToolOutcome {
  const cut = cutText(message.toWellFormed(), maxChars)
  const outcome: ToolOutcome = {
    callId: request.id,
    tool: request.tool,
    index,
    status: 'error',
    content: [...before.content, { type: 'text', text: `Error: ${cut.text}` }],
    error: { code, message: cut.text },
  }
  const truncated = before.truncated ?? cut.truncated
  if (truncated !== undefined) outcome.truncated = truncated
  return outcome
}
