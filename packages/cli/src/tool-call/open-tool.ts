import type { Tool } from '@interleave/tool'
import { InterleaveError } from '@interleave/trajectory'
import { loadModule } from '../input/load-module.ts'
import { builtInTools } from './built-in-tools.ts'

/** A tool in use; disposing ends what it keeps running. */
export interface OpenTool extends AsyncDisposable {
  readonly tool: Tool
}

/**
 * A tool by its name, or the one that a module exports. Throws `usage` for a name that is neither, and `bad_module` for a
 * module that does not export exactly one tool.
 */
export async function openTool(name: string): Promise<OpenTool> {
  const make = Object.hasOwn(builtInTools, name) ? builtInTools[name] : undefined
  const tool = make === undefined ? await loadTool(name) : await make()
  return {
    tool,
    async [Symbol.asyncDispose]() {
      const { [Symbol.asyncDispose]: dispose } = tool as Partial<AsyncDisposable>
      await dispose?.call(tool)
    },
  }
}

async function loadTool(file: string): Promise<Tool> {
  if (!/[./\\]/.test(file))
    throw new InterleaveError(
      'usage',
      `There is no tool "${file}". The tools are ${Object.keys(builtInTools).join(', ')}, and what a module exports: give its path.`,
    )
  const exported = Object.entries(await loadModule(file)).filter(([, value]) => isTool(value))
  const [first, ...others] = [...new Map(exported.map(([name, value]) => [value, name])).entries()]
  if (first === undefined) throw new InterleaveError('bad_module', `${file} exports no tool: make one by defineTool.`)
  if (others.length > 0)
    throw new InterleaveError(
      'bad_module',
      `${file} exports ${exported.map(([name]) => name).join(', ')}; a tool to call must be the only one in its module.`,
    )
  return first[0] as Tool
}

function isTool(value: unknown): boolean {
  const members = ['name', 'description', 'input', 'schema', 'run']
  return typeof value === 'object' && value !== null && members.every((member) => member in value)
}
