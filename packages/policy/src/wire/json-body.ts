/** A JSON object whose large members are encoded already. */
export function jsonBody(fields: Readonly<Record<string, unknown>>, encoded: Readonly<Record<string, string>>): string {
  const large = Object.entries(encoded).map(([name, json]) => `${JSON.stringify(name)}:${json}`)
  const small = JSON.stringify(fields).slice(1, -1)
  return `{${[small, ...large].filter((part) => part !== '').join(',')}}`
}
