import type { Socket } from 'node:net'
import { execa, type ResultPromise } from 'execa'
import type { z } from 'zod'
import { doneSchema } from './child-reply.ts'
import { RequestChannel } from './request-channel.ts'
import type { ChildRequest } from './messages.ts'
import type { Program } from './child-program.ts'

const maxReplyBytes = 4 * 1024 * 1024
const pingWithinMs = 300
const mostErrorChars = 2000

export type Answer<Reply> =
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** No answer in time, from a child that answers others. */
  | { readonly kind: 'late' }
  | { readonly kind: 'gone' }

/** How a child ended: `culprit` is the member whose doing it was, where that is known. */
export interface ChildEnd<Member> {
  readonly kind: 'ended' | 'violation'
  readonly culprit?: Member
}

const spawnOptions = {
  // Nothing of the host's environment is told.
  env: {},
  extendEnv: false,
  stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  buffer: false,
  reject: false,
} as const

/** One child process from the host's side. Its members are the sessions on it. It does not keep the host alive. */
export class InterpreterChild<Member> {
  readonly members = new Set<Member>()
  /** Those with a cell under way. */
  readonly busy = new Set<Member>()
  /** How many were ever on it. */
  opened = 0
  /** Whether it holds what it cannot give back, and should take no more. */
  worn = false
  readonly #process: ResultPromise<typeof spawnOptions>
  readonly #channel: RequestChannel
  readonly #socket: Socket
  readonly #onEnd: (end: ChildEnd<Member>) => void
  #end: ChildEnd<Member> | undefined
  #errors = ''

  constructor({ command, args }: Omit<Program, 'readable'>, onEnd: (end: ChildEnd<Member>) => void) {
    this.#onEnd = onEnd
    this.#process = execa(command, args, spawnOptions)
    this.#process.nodeChildProcess.unref()
    const stderr = this.#process.stderr as unknown as Socket
    stderr.on('data', (chunk: Buffer) => {
      if (this.#errors.length < mostErrorChars) this.#errors += chunk.toString()
    })
    this.#socket = this.#process.stdio[3] as unknown as Socket
    this.#channel = new RequestChannel(this.#socket, maxReplyBytes, ({ kind }) =>
      this.#finish(kind === 'violation' ? { kind } : { kind: 'ended' }),
    )
    stderr.unref()
    this.#socket.unref()
  }

  /** How it ended, if it has. */
  get end(): ChildEnd<Member> | undefined {
    return this.#end
  }

  /** The beginning of what it wrote to its standard error. */
  get errors(): string {
    return this.#errors.slice(0, mostErrorChars)
  }

  /** One request, answered within a time in milliseconds or `late`. */
  async ask<Reply>(
    request: ChildRequest,
    schema: z.ZodType<Reply>,
    withinMs: number,
    blobs: readonly Uint8Array[] = [],
  ): Promise<Answer<Reply>> {
    // A socket that is gone would take note of every `ref`.
    if (this.#end !== undefined) return { kind: 'gone' }
    const { promise: late, resolve } = Promise.withResolvers<'late'>()
    const timer = setTimeout(() => resolve('late'), withinMs)
    const asked = this.#channel.request({ ...request }, blobs)
    this.#socket.ref()
    const exchange = await Promise.race([asked, late])
    clearTimeout(timer)
    if (this.#end === undefined && this.#channel.waiting === 0) this.#socket.unref()
    if (exchange === 'late') return this.#isLate(request)
    if (exchange.kind !== 'reply') return { kind: 'gone' }
    const read = schema.safeParse(exchange.frame.header)
    if (read.success && exchange.frame.blobs.length === 0) return { kind: 'reply', reply: read.data }
    this.#channel.refuse('a reply that is none')
    return { kind: 'gone' }
  }

  kill(culprit?: Member): void {
    this.#finish({ kind: 'ended', ...(culprit === undefined ? {} : { culprit }) })
  }

  /** Resolves when the process is gone. */
  async gone(): Promise<void> {
    this.kill()
    this.#process.nodeChildProcess.ref()
    await this.#process
  }

  /** Late is one alone: where the child answers nobody, it is not said whose doing that is. */
  async #isLate(request: ChildRequest): Promise<{ readonly kind: 'late' | 'gone' }> {
    if (request.op === 'ping') return { kind: 'late' }
    const answer = await this.ask({ op: 'ping' }, doneSchema, pingWithinMs)
    if (answer.kind === 'reply') return { kind: 'late' }
    this.kill()
    return { kind: 'gone' }
  }

  #finish(end: ChildEnd<Member>): void {
    if (this.#end !== undefined) return
    const [only] = this.busy
    // What ends while one alone is at work is that one's doing.
    const alone = end.kind === 'ended' && this.busy.size === 1 && only !== undefined ? { culprit: only } : {}
    this.#end = { ...alone, ...end }
    // Not SIGKILL at once: a jail around it tidies up after it. It follows where this is not enough.
    this.#process.kill('SIGTERM')
    this.#channel.close()
    this.#onEnd(this.#end)
  }
}
