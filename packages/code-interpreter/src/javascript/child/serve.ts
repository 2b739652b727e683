import type { Socket } from 'node:net'
import type ivm from 'isolated-vm'
import { encodeFrame, FrameReader, type Frame } from '../../interpreter/frame.ts'
import type { ChildRequest, Done, RunEnd } from '../messages.ts'
import { IsolateSession } from './isolate-session.ts'

const mostRequestBytes = 64 * 1024 * 1024
// Beyond this something takes memory that no heap limit counts.
const mostResidentBytes = 1024 * 1024 * 1024
const memoryWatchMs = 50

/** Answers what comes through the socket, until it closes. */
export function serve(socket: Socket, addon: typeof ivm): void {
  const sessions = new Map<number, IsolateSession>()
  // Held on to: collecting one of these as garbage would end the process.
  const left: IsolateSession[] = []
  const reader = new FrameReader(mostRequestBytes)
  let running = 0
  let watch: NodeJS.Timeout | undefined

  const find = (session: number): IsolateSession => {
    const found = sessions.get(session)
    if (found === undefined) throw new Error(`There is no session ${session}.`)
    return found
  }
  const answer = async (request: ChildRequest, blobs: Frame['blobs']): Promise<RunEnd | Done> => {
    if (request.op === 'open') sessions.set(request.session, await IsolateSession.open(addon))
    else if (request.op === 'math') await find(request.session).loadMath(Buffer.from(blobs[0] ?? []).toString())
    else if (request.op === 'run') return find(request.session).run(request.code, request.timeoutMs, request.seed)
    else if (request.op === 'close') {
      const session = find(request.session)
      sessions.delete(request.session)
      if (!(await session.close())) {
        left.push(session)
        return { end: 'worn' }
      }
    }
    return { end: 'done' }
  }
  const handle = async ({ header, blobs }: Frame): Promise<void> => {
    const { nonce, ...request } = header as { readonly nonce: string } & ChildRequest
    running += 1
    watch ??= setInterval(watchMemory, memoryWatchMs)
    // A request that fails is one of an isolate that is gone.
    const reply = await answer(request, blobs).catch((): RunEnd => ({ end: 'crashed' }))
    running -= 1
    if (running === 0) {
      clearInterval(watch)
      watch = undefined
    }
    socket.write(encodeFrame({ nonce, ...reply }))
  }
  socket.on('data', (chunk) => {
    for (const frame of reader.push(chunk)) void handle(frame)
  })
  socket.on('error', die)
  socket.on('close', die)
}

function watchMemory(): void {
  // The most it ever held, in kilobytes: the kernel says that without /proc, which a jail need not have.
  if (process.resourceUsage().maxRSS * 1024 > mostResidentBytes) die()
}

/** At once: with a thread that cannot be interrupted, leaving in order waits for ever. */
function die(): void {
  process.kill(process.pid, 'SIGKILL')
  // The first process of a namespace is deaf to its own signals.
  process.abort()
}
