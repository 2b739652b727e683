import { InterleaveError, type ToolSchema } from '@interleave/trajectory'
import type { PromptInput } from '../chat-template.ts'
import type { StructureIds } from '../read-structure.ts'
import { hermesText, type HermesLayout } from './hermes-layout.ts'
import { pythonJson } from './python-json.ts'
import type { SegmentWriter } from './segment-writer.ts'

// An environment has one system turn for all its tasks; a program seldom has many environments.
const remembered = 16

/** A function that gives the ids of the system turn of a prompt and remembers the latest. */
export function systemTurns(
  layout: HermesLayout,
  structure: StructureIds,
  open: () => SegmentWriter,
): (input: PromptInput) => readonly number[] {
  const known = new Map<string, readonly number[]>()

  function write(system: string, lines: readonly string[]): readonly number[] {
    const writer = open()
    writer.fixed(hermesText.systemOpen)
    writer.text(system)
    if (lines.length > 0) {
      if (system !== '') writer.fixed('\n\n')
      writer.fixed(hermesText.toolsOpen)
      writer.text(lines.join('\n'))
      writer.fixed(hermesText.toolsClose)
    }
    writer.fixed(hermesText.turnClose)
    writer.end('prompt')
    return writer.segments.flatMap(({ tokens }) => tokens)
  }

  return ({ system: given, tools }) => {
    const system = given === undefined || given === '' ? (layout.system ?? '') : given
    if (system === '' && tools.length === 0) return []
    if (tools.length > 0 && (structure.callOpen === undefined || structure.callClose === undefined))
      throw new InterleaveError(
        'no_calls',
        `This tokenizer has no tokens <tool_call> and </tool_call>, so ${layout.name} cannot read calls. Leave the tools out.`,
      )
    const lines = tools.map(toolLine)
    const key = JSON.stringify([system, lines])
    const found = known.get(key)
    if (found !== undefined) return found
    const tokens = write(system, lines)
    if (known.size >= remembered) known.clear()
    known.set(key, tokens)
    return tokens
  }
}

function toolLine({ description, input, name }: ToolSchema): string {
  return pythonJson({ type: 'function', function: { name, description, parameters: input } })
}
