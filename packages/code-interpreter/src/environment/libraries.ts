/** What the Python tool offers to a model's code: the name to install by, and the module that proves it is there. */
export const libraries: Readonly<Record<string, string>> = {
  numpy: 'numpy',
  scipy: 'scipy',
  sympy: 'sympy',
  matplotlib: 'matplotlib',
  pillow: 'PIL',
}

/** The oldest Python for which the lock names packages. */
const oldestPython: readonly [number, number] = [3, 11]

export const pythonNeeded = `Python ${oldestPython.join('.')} or newer`

/** Whether a version such as `3.12.1` is new enough. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldestPython[0] || (major === oldestPython[0] && minor >= oldestPython[1])
}
