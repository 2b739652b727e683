const open = '<think>'
const close = '</think>'

/** A reply taken apart. `answer` is null where thinking was opened and never closed; `thinking` is null where there is none. */
export interface SplitReply {
  readonly thinking: string | null
  readonly answer: string | null
}

/**
 * Thinking and what follows the last `</think>`. A missing `<think>` at the start is normal: Qwen's generation prompt holds
 * it. Text with neither tag is all answer. Linear time.
 */
export function splitThinking(text: string): SplitReply {
  const end = text.lastIndexOf(close)
  const reopened = text.lastIndexOf(open)
  if (reopened > end) return { thinking: withoutOpening(text), answer: null }
  if (end === -1) return { thinking: null, answer: text }
  return { thinking: withoutOpening(text.slice(0, end)), answer: text.slice(end + close.length) }
}

function withoutOpening(text: string): string {
  const start = text.trimStart()
  return start.startsWith(open) ? start.slice(open.length) : text
}
