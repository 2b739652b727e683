import Table from 'cli-table3'

/** A table in plain characters, numbers to the right. */
export function formatTable(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const plain = { head: [], border: [], compact: true }
  const aligned = head.map((_, column) => (rows.every((row) => typeof row[column] !== 'string') ? 'right' : 'left'))
  const table = new Table({ head: [...head], style: plain, colAligns: aligned })
  for (const row of rows) table.push(row.map((cell) => (cell === null ? '-' : String(cell))))
  return `${table.toString()}\n`
}

/** A share as a percentage with one digit; null stays null. */
export function percent(share: number | null): string | null {
  return share === null ? null : `${(share * 100).toFixed(1)} %`
}
