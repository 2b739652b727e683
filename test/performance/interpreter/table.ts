export const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** A line of the table; the last cell may be longer than the others. */
export function row(...cells: readonly (string | number)[]): void {
  print(cells.map((cell, index) => (index === 0 ? String(cell).padEnd(27) : String(cell).padStart(14))).join(''))
}

/** An empty line and the heads of the columns. */
export function section(...heads: readonly string[]): void {
  print('')
  row(...heads)
}

export const milliseconds = (value: number): string => value.toFixed(value < 1 ? 3 : 2)
