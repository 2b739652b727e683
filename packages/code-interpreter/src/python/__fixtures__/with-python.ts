import { describe } from 'vitest'
import { findPython } from '../../environment/find-python.ts'

const found = await findPython()

/** `describe` for tests that need Python with its libraries; skipped with the reason in its name where there is none. */
export function withPython(name: string, body: () => void): void {
  if ('problem' in found) describe.skip(`${name} (skipped: ${found.problem})`, body)
  else if (found.missing.length > 0) describe.skip(`${name} (skipped: no ${found.missing.join(', ')})`, body)
  else describe(name, body)
}
