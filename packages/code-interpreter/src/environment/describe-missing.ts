import type { PythonInterpreter } from './find-python.ts'

/** A sentence for each library that an interpreter lacks, with the command that installs it. */
export function describeMissing({ command, missing }: PythonInterpreter): string[] {
  return missing.map((library) => `${library} is missing: ${command} -m pip install ${library}`)
}
