import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A name for work of this process that says whether the process still lives: its id, when it started, a random part. */
export function newOwner(): string {
  return `${process.pid}-${startOf(process.pid)}-${randomBytes(4).toString('hex')}`
}

/** Whether the process that made this name lives. An id that another process has by now does not count. */
export function isOwnerAlive(owner: string): boolean {
  const match = /^(\d+)-(\d+)-[0-9a-f]{8}$/.exec(owner)
  if (match === null) return false
  const pid = Number(match[1])
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return String(startOf(pid)) === match[2]
}

/** Ticks between the start of the machine and that of the process; 0 where the system does not tell. */
function startOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Fields are counted from the end of the program's name, which may hold spaces and brackets.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return 0
  }
}
