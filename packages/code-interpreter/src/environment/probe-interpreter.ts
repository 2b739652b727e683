import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'
import { cleanEnvironment } from './clean-environment.ts'
import { libraries } from './libraries.ts'

const longestMs = 20_000

// Runs on any Python 3, so that an old one can say how old it is. Looks for modules and does not import them.
const script = `
import importlib.util, json, os, sys
def lacks(name):
    try:
        return importlib.util.find_spec(name) is None
    except Exception:
        return True
print(json.dumps({
    "command": sys.executable,
    "base": getattr(sys, "_base_executable", sys.executable),
    "folders": [sys.base_prefix, os.path.dirname(os.__file__)],
    "implementation": sys.implementation.name,
    "version": "%d.%d.%d" % sys.version_info[:3],
    "lacking": [name for name in sys.argv[1:] if lacks(name)],
}))
`

const factsSchema = z.object({
  /** The program itself, where what was started is a script in front of it. */
  command: z.string().min(1),
  /** The program that a virtual environment was made from; `command` where it is none. */
  base: z.string().min(1),
  /** Where its own files lie. */
  folders: z.array(z.string()),
  implementation: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** Modules it does not have, of those asked for. */
  lacking: z.array(z.string()),
})

export type InterpreterFacts = z.output<typeof factsSchema>

/** Modules that a Python needs to make a virtual environment. */
export const makerModules = ['venv', 'ensurepip'] as const

const modules = [...Object.values(libraries), ...makerModules]

/** Asks an interpreter about itself, in one process. Resolves to a reason where it cannot answer. */
export async function probeInterpreter(
  program: string,
  signal?: AbortSignal,
): Promise<InterpreterFacts | { readonly reason: string }> {
  try {
    const { stdout } = await promisify(execFile)(program, ['-I', '-c', script, ...modules], {
      env: cleanEnvironment(),
      timeout: longestMs,
      ...(signal === undefined ? {} : { signal }),
    })
    // What a site customisation prints comes first.
    return factsSchema.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''))
  } catch (error) {
    signal?.throwIfAborted()
    return { reason: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  const { code, killed, stderr } = error as { code?: unknown; killed?: boolean; stderr?: string }
  if (code === 'ENOENT') return 'there is no such program'
  if (code === 'EACCES') return 'this user may not run it'
  if (killed === true) return `it did not answer within ${longestMs / 1000} seconds`
  const lines = (stderr ?? '').trim().split('\n')
  // Python says last what went wrong, others say it first.
  const said = (lines[0]?.startsWith('Traceback') === true ? lines.at(-1) : lines[0]) ?? ''
  return said === '' ? 'it did not answer as a Python does' : said.replace(/\.$/, '')
}
