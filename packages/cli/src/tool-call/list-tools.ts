import { messageOf } from '@interleave/trajectory'
import { writeJsonLine } from '../report/write-line.ts'
import { builtInTools } from './built-in-tools.ts'
import { openTool } from './open-tool.ts'

/** Prints each tool that has a name with its description; as JSON, each as a model is told of it. */
export async function listTools(json: boolean): Promise<void> {
  for (const name of Object.keys(builtInTools)) {
    try {
      await using opened = await openTool(name)
      const { schema } = opened.tool
      if (json) await writeJsonLine(schema)
      else process.stdout.write(`${name}\n${indent(schema.description)}\n`)
    } catch (error) {
      // The others can be used all the same.
      if (json) await writeJsonLine({ name, problem: messageOf(error) })
      else process.stdout.write(`${name}: cannot be used here\n${indent(messageOf(error))}\n`)
    }
  }
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ')
}
