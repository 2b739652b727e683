import { describeMissing, findPython, type PythonInterpreter } from '@interleave/code-interpreter/environment'
import { messageOf } from '@interleave/trajectory'
import type { Finding } from './finding.ts'

const origins: Readonly<Record<PythonInterpreter['source'], string>> = {
  named: 'named',
  'environment variable': 'named by INTERLEAVE_PYTHON',
  installed: 'installed by interleave',
}

/** The interpreter of the Python tool. None at all is no failure; one that was named and cannot do the work is. */
export async function pythonFinding(): Promise<Finding> {
  const part = 'Python'
  const named = (process.env['INTERLEAVE_PYTHON'] ?? '') !== ''
  try {
    const found = await findPython()
    if ('problem' in found) return { part, state: named ? 'missing' : 'optional', detail: found.problem }
    const detail = `${found.version}, ${found.command}, ${origins[found.source]}.`
    if (found.missing.length === 0) return { part, state: 'works', detail }
    return { part, state: 'missing', detail, advice: describeMissing(found).join('\n') }
  } catch (error) {
    return { part, state: 'missing', detail: messageOf(error) }
  }
}
