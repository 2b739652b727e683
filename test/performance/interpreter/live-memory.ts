import { readFile } from 'node:fs/promises'
import type { IsolationTier } from '@interleave/code-interpreter'
import { descendants } from '../../attacks/machine.ts'
import { pythonLanguage } from './language.ts'
import { repeat, rolloutsOf, type Rollout } from './rollout.ts'

export interface LiveMemoryFigure {
  readonly sessions: number
  readonly processes: number
  /** Each page counted once, shared ones too. */
  readonly bytes: number
  /** That of the server and the first of them. */
  readonly firstBytes: number
}

const code = 'import numpy as np\nfloat((np.arange(1000.0) ** 2).sum())'

/** What the processes of so many Python sessions hold together, each after a call of numpy. */
export async function measureLiveMemory(tier: IsolationTier, sessions: number): Promise<LiveMemoryFigure> {
  const others = new Set(await descendants(process.pid))
  const ours = async (): Promise<number[]> => (await descendants(process.pid)).filter((pid) => !others.has(pid))
  await using tool = pythonLanguage.open(tier)
  const openRollout = rolloutsOf(tool)
  const rollouts: Rollout[] = []
  const open = async (): Promise<void> => {
    const rollout = openRollout()
    rollouts.push(rollout)
    await rollout.call(code)
  }
  try {
    await open()
    const first = await ours()
    const firstBytes = await heldBy(first)
    await repeat(sessions - 1, 8, open)
    const processes = await ours()
    if (processes.length < first.length + sessions - 1)
      throw new Error(`${sessions} sessions live in ${processes.length} processes: some are not seen.`)
    return { sessions, processes: processes.length, bytes: await heldBy(processes), firstBytes }
  } finally {
    await repeat(rollouts.length, 8, async () => rollouts.pop()?.[Symbol.asyncDispose]())
  }
}

/** The proportional set size of some processes, in bytes. Throws where one of them cannot be read. */
async function heldBy(processes: readonly number[]): Promise<number> {
  let kilobytes = 0
  for (const pid of processes) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
    const size = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1]
    if (size === undefined) throw new Error(`/proc/${pid}/smaps_rollup names no Pss.`)
    kilobytes += Number(size)
  }
  return kilobytes * 1024
}
