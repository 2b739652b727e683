import { readdir } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Arena, type Rollout } from './arena.ts'
import { secretWord } from './secret.ts'
import { descendants, settled } from './machine.ts'

export interface SoakOptions {
  readonly tier: 'T3' | 'T2' | 'T1'
  readonly minutes: number
  readonly sessions: number
  readonly seed: number
  /** Told how it stands, about every tenth of the time. */
  readonly onProgress?: (report: SoakReport) => void
}

export interface SoakReport {
  readonly minutes: number
  readonly calls: number
  readonly hostile: number
  readonly branches: number
  /** Calls whose result was not what it had to be, in words. */
  readonly wrong: readonly string[]
  /** Memory of this process and what of it is in its heap, in MiB; its descendants; its open files. */
  readonly memory: number
  readonly heap: number
  readonly processes: number
  readonly descriptors: number
}

/** What a hostile call does; none of it may change what its own rollout or any other one holds. */
const hostile = [
  'while True: pass',
  '10 ** 10 ** 8',
  'import os\nos._exit(1)',
  'import os\nos.kill(0, 9)',
  'import ctypes\nctypes.string_at(0)',
  'bytearray(3 * 2 ** 30)',
  'raise ValueError("a" * 10 ** 6)',
  'print("a" * 10 ** 6)',
  'import os\ntry:\n    while True: os.fork()\nexcept OSError: os._exit(1)',
  'import os\nfor fd in range(3, 64):\n    try: os.write(fd, b"hello")\n    except OSError: pass\nwhile True: pass',
  'import os\nos.closerange(3, 64)\nwhile True: pass',
  'try: open("/etc/passwd", "a")\nexcept OSError: pass',
  'import socket\ntry: socket.socket()\nexcept OSError: pass',
  'import os\ntry:\n    while True: os.dup(0)\nexcept OSError: os.closerange(10, 64)\nos._exit(0)',
] as const

/** A rollout and what its variable must be. */
interface Slot {
  rollout: Rollout
  expected: number
  /** The first call after one that was stopped may have to make earlier ones again. */
  calls: number
  /** What it did last, to tell where a wrong result comes from. */
  last: string
}

/** Mixed good and hostile code for some minutes. Whatever was wrong is in the report. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  await using arena = new Arena(options.tier)
  const missing = await arena.start()
  if (missing !== undefined) throw new Error(missing)
  const random = generator(options.seed)
  const wrong: string[] = []
  const started = performance.now()
  const limit = options.minutes * 60_000
  let [calls, attacks, branches] = [0, 0, 0]
  const slots = Array.from({ length: options.sessions }, () => fresh(arena))
  const elapsed = (): number => performance.now() - started
  const look = async (): Promise<SoakReport> => {
    // What is held, without what only waits to be collected.
    collect()
    return measure()
  }
  const measure = async (): Promise<SoakReport> => ({
    minutes: Math.round(elapsed() / 600) / 100,
    calls,
    hostile: attacks,
    branches,
    wrong,
    memory: Math.round(process.memoryUsage().rss / 2 ** 20),
    heap: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
    processes: (await descendants(process.pid)).length,
    descriptors: (await readdir('/proc/self/fd')).length,
  })
  const turn = async (slot: Slot): Promise<void> => {
    const chance = random()
    if (chance < 0.1) {
      attacks += 1
      const code = hostile[Math.floor(random() * hostile.length)] as string
      const { end } = await slot.rollout.say(code, 0.3)
      slot.last = `${code} (${end})`
      return
    }
    if (chance < 0.15 || slot.calls > 50) return replace(slot, fresh(arena))
    if (chance < 0.2) {
      branches += 1
      const rollout = await slot.rollout.branch(arena.tool)
      return replace(slot, { ...slot, rollout, last: `branch of what did: ${slot.last}` })
    }
    const step = Math.floor(random() * 1000)
    calls += 1
    slot.calls += 1
    // A call before the first one has nothing to add to.
    const answer = await slot.rollout.say(`n = globals().get("n", 0) + ${step}\nn`, 20)
    slot.expected += step
    if (answer.end === 'ok' && new RegExp(`(^|\\n)${slot.expected}$`).test(answer.text)) return
    wrong.push(`expected ${slot.expected}, got ${answer.end}: ${answer.text.slice(0, 300)} after ${slot.last}`)
    await replace(slot, fresh(arena))
  }
  const lane = async (own: readonly Slot[]): Promise<void> => {
    while (elapsed() < limit && wrong.length < 10) await turn(own[Math.floor(random() * own.length)] as Slot)
  }
  const timer = setInterval(() => void look().then((report) => options.onProgress?.(report)), limit / 10)
  const lanes = Array.from({ length: 4 }, (_, index) => slots.filter((_slot, at) => at % 4 === index))
  await Promise.all(lanes.map(lane))
  clearInterval(timer)
  for (const { rollout } of slots) await rollout[Symbol.asyncDispose]()
  const kept = await arena.bystander.say('held')
  if (kept.text !== `'${secretWord}'`) wrong.push(`the bystander holds ${kept.text}`)
  // The server's own two and those of the rollout that minds its own business.
  await settled(async () => (await descendants(process.pid)).length, 5)
  return look()
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function fresh(arena: Arena): Slot {
  return { rollout: arena.rollout(), expected: 0, calls: 0, last: 'nothing' }
}

async function replace(slot: Slot, by: Slot): Promise<void> {
  const { rollout } = slot
  Object.assign(slot, by)
  await rollout[Symbol.asyncDispose]()
}

/** Numbers in [0, 1) from a seed. Source: the mixing of SplitMix32, written anew. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}
