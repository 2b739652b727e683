import { FaultError } from '@interleave/trajectory'
import type { ChildPool } from './child-pool.ts'
import { doneSchema } from './child-reply.ts'
import { JavascriptSession, type Seat } from './javascript-session.ts'

const openWithinMs = 20_000
const attempts = 3

/** A new isolate on one of the pool's children. Rejects with `javascript_unavailable` where none starts. */
export async function openSession(pool: ChildPool<Seat>, number: number): Promise<JavascriptSession> {
  const seat: Seat = { number }
  for (let attempt = 1; ; attempt += 1) {
    const child = pool.place(seat)
    const isFirst = child.opened === 1
    const opened = await child.ask({ op: 'open', session: number }, doneSchema, openWithinMs)
    if (opened.kind === 'reply' && opened.reply.end === 'done') return new JavascriptSession(pool, child, seat)
    child.kill()
    pool.leave(child, seat)
    // Another session may have brought it down meanwhile; nobody but us can bring down a new one.
    if (isFirst || attempt === attempts)
      throw new FaultError(
        'sandbox',
        'javascript_unavailable',
        'A process for JavaScript could not be started; see the cause for what it wrote, and run `interleave doctor`.',
        { cause: new Error(child.errors) },
      )
  }
}
