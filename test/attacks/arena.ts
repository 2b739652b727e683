import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { python, type InterpreterTool, type IsolationTier } from '@interleave/code-interpreter'
import { createToolRunner, type ToolSession } from '@interleave/tool'
import { contentHash, FaultError } from '@interleave/trajectory'
import type { Host } from './attack.ts'
import { memoryBytes } from './cases/memory.ts'
import { descendants } from './machine.ts'
import { secretWord } from './secret.ts'

/** What a call came to: `ok` or the code of its error, its text, and how many images it gave. */
export interface Answer {
  readonly end: string
  readonly text: string
  readonly pictures: number
}

/** A tool at one tier, a host with things to protect, and a rollout that minds its own business. */
export class Arena implements AsyncDisposable {
  readonly tier: IsolationTier
  readonly tool: InterpreterTool
  readonly #cleanups: (() => unknown)[] = []
  #host: Host | undefined
  #bystander: Rollout | undefined

  constructor(tier: IsolationTier) {
    this.tier = tier
    const options = { isolation: tier, minimumIsolation: 'T1', memoryBytes, timeoutSeconds: 1 } as const
    this.tool = python(tier === 'T0' ? { ...options, unsafe: true } : options)
  }

  get host(): Host {
    return this.#host as Host
  }

  get bystander(): Rollout {
    return this.#bystander as Rollout
  }

  /** Whether the tier works here; if not, why. */
  async start(): Promise<string | undefined> {
    process.env['INTERLEAVE_ATTACK'] = secretWord
    const before = new Set(await descendants(process.pid))
    const bystander = this.rollout()
    try {
      await bystander.say(`held = ${JSON.stringify(secretWord)}\nopen("held.txt", "w").write(held)`)
    } catch (error) {
      if (error instanceof FaultError && error.code === 'isolation_unavailable') return error.message
      throw error
    }
    this.#bystander = bystander
    const fresh = (await descendants(process.pid)).filter((pid) => !before.has(pid))
    const lines = await Promise.all(fresh.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    this.#host = await this.#furnish(/"socket":"([^"]+)"/.exec(lines.join(' '))?.[1] ?? '')
    return undefined
  }

  rollout(images: readonly Uint8Array[] = []): Rollout {
    return new Rollout(this.tool, images)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bystander?.[Symbol.asyncDispose]()
    this.#bystander = undefined
    await this.tool[Symbol.asyncDispose]()
    for (const cleanup of this.#cleanups.splice(0)) await cleanup()
  }

  async #furnish(serverSocket: string): Promise<Host> {
    const folder = await mkdtemp(join(tmpdir(), 'attack-host-'))
    const secretFile = join(folder, 'answers.txt')
    await writeFile(secretFile, secretWord)
    const unixPath = join(folder, 'host.sock')
    const abstractName = `attack-${randomUUID()}`
    const servers = [createServer(), createServer(), createServer()] as const
    for (const server of servers) server.on('connection', (socket) => socket.on('error', () => {}).destroy())
    await listening(servers[0], { port: 0, host: '127.0.0.1' })
    await listening(servers[1], { path: unixPath })
    await listening(servers[2], { path: `\0${abstractName}` })
    this.#cleanups.push(
      () => servers.map((server) => server.close()),
      () => rm(folder, { recursive: true, force: true }),
    )
    const { port } = servers[0].address() as AddressInfo
    return { tcpPort: port, unixPath, abstractName, secretFile, pid: process.pid, serverSocket }
  }
}

/** One rollout that calls the tool. */
export class Rollout implements AsyncDisposable {
  readonly session: ToolSession

  constructor(tool: InterpreterTool, images: readonly Uint8Array[] = [], session?: ToolSession) {
    const listed = images.map((bytes) => ({
      hash: contentHash(bytes),
      mime: 'image/png',
      width: 10,
      height: 10,
      bytes,
    }))
    const signal = new AbortController().signal
    this.session =
      session ?? createToolRunner({ tools: [tool] }).open({ id: randomUUID(), seed: 7, signal, images: listed })
  }

  async say(code: string, timeout?: number): Promise<Answer> {
    const input = timeout === undefined ? { code } : { code, timeout }
    const { outcome } = await this.session.call({ id: 'call', tool: 'python', raw: '', input })
    const text = outcome.content.map((part) => (part.type === 'text' ? part.text : '[image]')).join('')
    const pictures = outcome.content.filter((part) => part.type === 'image').length
    return { end: outcome.error?.code ?? 'ok', text, pictures }
  }

  async branch(tool: InterpreterTool, seed = 8): Promise<Rollout> {
    const signal = new AbortController().signal
    return new Rollout(tool, [], await this.session.fork({ id: randomUUID(), seed, signal }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]()
  }
}

function listening(server: Server, where: { port?: number; host?: string; path?: string }): Promise<void> {
  return new Promise((resolve, reject) => server.on('error', reject).listen(where, resolve))
}
