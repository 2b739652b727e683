import { ToolError, type CallContext, type OutputPart } from '@interleave/tool'
import type { CellResult } from './interpreter-state.ts'
import type { CellReply } from './interpreter-session.ts'
import { plainText } from './plain-text.ts'
import { pngSize } from './png-size.ts'

// Unpacked to see that they are all there, 100 MB at most.
const maxPixels = 25_000_000

/** How a language is spoken of to a model. */
export interface InterpreterWords {
  /** Such as "Python". */
  readonly language: string
  /** How code names the image with this index, if it can. */
  readonly imageName?: (index: number) => string
}

/**
 * What the model is shown of a cell: what it wrote, the value of its last expression, its pictures. Throws a `ToolError` for a
 * cell that failed, with what came before: `exception`, `time_limit`, `interpreter_died`, `protocol_violation`.
 */
export function observe(
  { end, renewed }: CellResult,
  timeoutMs: number,
  words: InterpreterWords,
  images: CallContext['images'],
): OutputPart[] {
  const { language } = words
  const notices = renewed === undefined ? [] : [`[${renewedNotice(language, renewed)}]\n`]
  const undone = `What this call did is undone: the next one finds the ${language} session as it was before.`
  if (end.kind === 'replied') {
    const content = [...notices, ...replyContent(end.reply, words, images)]
    if (end.reply.error !== undefined)
      throw new ToolError('exception', plainText(end.reply.error).trimEnd(), { content })
    return content.length > 0 ? content : ['[no output]']
  }
  if (end.kind === 'time_limit') {
    const output = plainText(end.output)
    const written = output === '' ? [] : [output, '\n[That is what it wrote before it was stopped.]\n']
    throw new ToolError('time_limit', `The code ran longer than ${timeoutMs / 1000} s and was stopped. ${undone}`, {
      content: [...notices, ...written],
    })
  }
  if (end.kind === 'crashed')
    throw new ToolError(
      'interpreter_died',
      `The ${language} process ended while it ran this code: an exit, a fatal error such as a segmentation fault, or too much memory. ${undone}`,
      { content: notices },
    )
  throw new ToolError(
    'protocol_violation',
    `The code interfered with the connection of its interpreter, and was stopped. ${undone}`,
    { content: notices },
  )
}

function renewedNotice(language: string, renewed: 'restored' | 'emptied'): string {
  return renewed === 'restored'
    ? `The ${language} session was restored to what it was before the call that was stopped.`
    : `The ${language} session is new: nothing of earlier calls is left.`
}

function replyContent(reply: CellReply, words: InterpreterWords, images: CallContext['images']): OutputPart[] {
  const output = plainText(reply.output)
  const value = reply.value === undefined ? '' : plainText(reply.value)
  const content: OutputPart[] = []
  if (output !== '') content.push(output)
  if (value !== '') content.push(output === '' || output.endsWith('\n') ? value : `\n${value}`)
  for (const bytes of reply.figures) {
    const size = pngSize(bytes, maxPixels)
    if (size === undefined) {
      content.push('\n[A picture was not shown: it is no PNG file of ordinary size.]')
      continue
    }
    const image = images.add({ bytes: Uint8Array.from(bytes), mime: 'image/png', ...size })
    const named = words.imageName === undefined ? '' : `, ${words.imageName(image.index)} in ${words.language}`
    content.push(`${content.length === 0 ? '' : '\n'}[Image ${image.index}${named}]`, { type: 'image', image })
  }
  return content
}
