import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** The processes that descend from one, without those that have ended. */
export async function descendants(pid: number): Promise<number[]> {
  const found: number[] = []
  const waiting = [pid]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const tasks = await readdir(`/proc/${next}/task`).catch(() => [])
    for (const task of tasks) {
      const text = await readFile(`/proc/${next}/task/${task}/children`, 'utf8').catch(() => '')
      const children = text.split(' ').filter(Boolean).map(Number)
      found.push(...children)
      waiting.push(...children)
    }
  }
  const states = await Promise.all(
    found.map(async (child) => readFile(`/proc/${child}/stat`, 'utf8').catch(() => ') Z')),
  )
  return found.filter((_, index) => !/\) [ZX]/.test(states[index] ?? ''))
}

/** Waits until a number has come down to a bound. Returns the last one seen. */
export async function settled(count: () => Promise<number>, bound: number, waitMs = 5_000): Promise<number> {
  const deadline = performance.now() + waitMs
  let last = await count()
  while (last > bound && performance.now() < deadline) {
    await sleep(20)
    last = await count()
  }
  return last
}
