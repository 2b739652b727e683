import Table from 'cli-table3'

// Columns two spaces apart and no lines: fits a terminal, and can be cut and sorted.
const edges = ['top', 'bottom', 'left', 'right', 'mid']
const corners = edges.flatMap((edge) => [edge, `${edge}-mid`, `${edge}-left`, `${edge}-right`])
const chars = {
  ...Object.fromEntries([...corners, 'left-mid', 'mid-mid', 'right-mid'].map((name) => [name, ''])),
  middle: '  ',
}

/** A table in plain characters, numbers to the right. */
export function formatTable(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const numeric = (cell: string | number | null | undefined): boolean =>
    typeof cell !== 'string' || /^[+-]?[\d.]/.test(cell)
  const colAligns = head.map((_, column) => (rows.every((row) => numeric(row[column])) ? 'right' : 'left'))
  const table = new Table({
    head: [...head],
    chars,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns,
  })
  for (const row of rows) table.push(row.map((cell) => (cell === null ? '-' : String(cell))))
  return `${table.toString()}\n`
}
