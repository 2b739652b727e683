import { readdir, rmdir } from 'node:fs/promises'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FaultError } from '@interleave/trajectory'
import { execa } from 'execa'
import { z } from 'zod'
import { tierSchema, type IsolationTier, type Refusals } from '../interpreter/isolation.ts'
import { isolationUnavailable } from '../sandbox/isolation-unavailable.ts'
import { makeScratchFolder } from '../sandbox/scratch-folder.ts'
import { pythonFlags, sandboxProgram } from '../sandbox/sandbox-program.ts'

/** What a fork server is started with. */
export interface ServerSettings {
  readonly command: string
  readonly launcher: readonly string[]
  /** Tiers to try, strongest first. */
  readonly tiers: readonly IsolationTier[]
  /** Imported before the first session. */
  readonly modules: readonly string[]
  /** Bounds of a session; names and defaults in python/interleave_sandbox/limits.py. */
  readonly limits: Readonly<Record<string, number>>
}

/** A running fork server. */
export interface ServerProcess extends AsyncDisposable {
  readonly tier: IsolationTier
  readonly refused: Refusals
  /** Modules that could not be imported. */
  readonly missing: readonly string[]
  /** Where sessions are asked for. */
  readonly socket: string
  /** Whether it still runs. */
  readonly alive: boolean
}

const refusedSchema = z.object({ refused: z.partialRecord(tierSchema, z.string()) })
const readySchema = refusedSchema.extend({
  tier: tierSchema,
  missing: z.array(z.string()),
  cgroups: z.array(z.string()),
})

// The first start of an environment compiles its libraries; on a busy machine that takes a while.
const startMs = 120_000
const stopMs = 5_000

/**
 * Starts a fork server and waits until it takes sessions. Rejects with a `sandbox` fault: `isolation_unavailable` where no
 * tier asked for works here, `interpreter_failed` where the process ends before it is ready.
 */
export async function startServer(settings: ServerSettings): Promise<ServerProcess> {
  const scratch = await makeScratchFolder('interleave-python-')
  const { folder, place } = scratch
  const socket = join(folder, 'server.sock')
  const { limits, modules, tiers } = settings
  const words = [
    ...settings.launcher,
    settings.command,
    ...pythonFlags,
    sandboxProgram,
    'server',
    JSON.stringify({ socket, place, tiers, modules, limits }),
  ]
  const child = spawn(words, folder)
  let ready: z.infer<typeof readySchema>
  try {
    ready = readReport(await firstLine(child))
  } catch (error) {
    await stop(child, scratch, [])
    throw error
  }
  // An idle server does not keep this process alive; it ends when its standard input closes.
  child.nodeChildProcess.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as Socket).unref()
  let alive = true
  void child.finally(() => (alive = false))
  const { cgroups, ...about } = ready
  return {
    ...about,
    socket,
    get alive() {
      return alive
    },
    [Symbol.asyncDispose]: () => stop(child, scratch, cgroups),
  }
}

/** What the server says of itself, or a fault: that no tier works, or that this is no server of ours. */
function readReport(line: string): z.infer<typeof readySchema> {
  let written: unknown
  try {
    written = JSON.parse(line)
  } catch {
    written = undefined
  }
  const ready = readySchema.safeParse(written)
  if (ready.success) return ready.data
  const refusal = refusedSchema.safeParse(written)
  if (refusal.success) throw isolationUnavailable(refusal.data.refused)
  throw failed(`it began with ${JSON.stringify(line.trim().slice(0, 200))}, which is nothing that the sandbox writes`)
}

type Child = ReturnType<typeof spawn>

function spawn(words: readonly string[], folder: string) {
  return execa(words[0] as string, words.slice(1), {
    env: serverEnvironment(folder),
    extendEnv: false,
    cwd: folder,
    stdin: 'pipe',
    buffer: false,
    reject: false,
  })
}

async function stop(child: Child, scratch: AsyncDisposable, cgroups: readonly string[]): Promise<void> {
  child.nodeChildProcess.ref()
  child.stdin.destroy()
  const late = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await child
  clearTimeout(late)
  for (const group of cgroups) await removeGroup(group)
  await scratch[Symbol.asyncDispose]()
}

/** Removes a control group with those of its sessions, whose processes are on their way out. */
async function removeGroup(group: string): Promise<void> {
  for (let waited = 0; waited < stopMs; waited += 10) {
    const entries = await readdir(group, { withFileTypes: true }).catch(() => [])
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(group, name))
    for (const folder of folders) await rmdir(folder).catch(() => {})
    if (
      await rmdir(group).then(
        () => true,
        () => false,
      )
    )
      return
    await sleep(10)
  }
}

async function firstLine(child: Child): Promise<string> {
  let text = ''
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4000)))
  const tooLate = AbortSignal.timeout(startMs)
  try {
    const ended = child.then((result) => {
      throw failed(complaint.trim().split('\n').at(-1) || result.shortMessage || 'it ended')
    })
    const line = (async () => {
      while (!text.includes('\n')) text += String((await once(child.stdout, 'data', { signal: tooLate }))[0])
      return text
    })()
    line.catch(() => {})
    ended.catch(() => {})
    return await Promise.race([line, ended])
  } catch (error) {
    throw tooLate.aborted ? failed(`it was not ready within ${startMs / 1000} s`) : error
  }
}

function failed(reason: string): FaultError {
  return new FaultError(
    'sandbox',
    'interpreter_failed',
    `The Python interpreter could not be started: ${reason.replace(/\.$/, '')}. "interleave doctor" says more.`,
  )
}

/** Nothing of this process's environment; threads and chance as determinism needs them. */
function serverEnvironment(folder: string): Record<string, string> {
  return {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    HOME: '/tmp',
    PYTHONHASHSEED: '0',
    OPENBLAS_NUM_THREADS: '1',
    OMP_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
    MPLBACKEND: 'Agg',
    MPLCONFIGDIR: folder,
  }
}
