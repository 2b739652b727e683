import type { z } from 'zod'

function pathOf(path: readonly PropertyKey[]): string {
  let text = ''
  for (const key of path) text += typeof key === 'number' ? `[${key}]` : `${text ? '.' : ''}${String(key)}`
  return text
}

/** One short sentence that names the first field a schema refused, and how many more there are. */
export function describeIssue(error: z.core.$ZodError): string {
  const [issue] = error.issues
  if (issue === undefined) return 'it does not match its schema.'
  const path = pathOf(issue.path)
  const message = issue.message.replace(/\.$/, '')
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : ''
  return `${path ? `${path}: ` : ''}${message}${more}.`
}
