/** A LaTeX box. `content` is null where its brace never closes. */
export interface Box {
  readonly content: string | null
}

const commands = ['\\boxed', '\\fbox'] as const

/**
 * The box that opens last, `\boxed{…}` or `\fbox{…}`, with balanced braces (`\{` and `\}` do not count); of nested boxes the
 * inner one. Null where there is none; a command without a brace is only a mention. Linear time.
 */
export function lastBox(text: string): Box | null {
  // One cursor per command: a command that is absent is looked for once, however often the other is mentioned.
  const cursors = commands.map((command) => ({ command, at: text.lastIndexOf(command) }))
  for (;;) {
    const [boxed, framed] = cursors as [Cursor, Cursor]
    const last = boxed.at > framed.at ? boxed : framed
    if (last.at === -1) return null
    const brace = skipSpaces(text, last.at + last.command.length)
    if (text[brace] === '{') return { content: balanced(text, brace) }
    last.at = last.at === 0 ? -1 : text.lastIndexOf(last.command, last.at - 1)
  }
}

interface Cursor {
  readonly command: string
  at: number
}

function skipSpaces(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t') at += 1
  return at
}

/** What stands between the brace at `from` and the one that closes it. */
function balanced(text: string, from: number): string | null {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const char = text[at]
    if (char === '\\') at += 1
    else if (char === '{') depth += 1
    else if (char === '}') {
      depth -= 1
      if (depth === 0) return text.slice(from + 1, at)
    }
  }
  return null
}
