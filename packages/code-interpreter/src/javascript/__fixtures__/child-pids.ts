import { readdirSync, readFileSync } from 'node:fs'

/** The processes that a process has started and that live. Linux only. */
export function childPids(parent: number | 'self' = 'self'): number[] {
  return readdirSync(`/proc/${parent}/task`).flatMap((task) =>
    readFileSync(`/proc/${parent}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits until something holds, at most five seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let waits = 0; !holds() && waits < 250; waits += 1) await new Promise((resolve) => setTimeout(resolve, 20))
}
