import type { JsonValue } from '@interleave/trajectory'

/**
 * JSON as Python's `json.dumps(value, ensure_ascii=False)` writes it, which is how published templates write tools: a blank
 * after each comma and colon, keys in their order, and numbers in Python's spelling (`1e-07`). A whole number is written
 * without a point: JSON text read by JavaScript no longer says whether it had one.
 */
export function pythonJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`)
      .join(', ')}}`
  return typeof value === 'number' ? pythonNumber(value) : JSON.stringify(value)
}

function pythonNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 16) return Number.isInteger(value) ? `${value}.0` : String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
