import { availableParallelism } from 'node:os'
import { FaultError } from '@interleave/trajectory'
import type { Launch, Program } from './child-program.ts'
import { InterpreterChild, type ChildEnd } from './interpreter-child.ts'

export interface PoolLimits {
  /** Children that are started before one gets a second session. */
  readonly spread: number
  /** Sessions at a time on one child: as many are made again when one of them brings it down. */
  readonly sessionsPerChild: number
  /** Sessions in all, after which a child takes no more. */
  readonly sessionsPerLife: number
}

export const poolLimits: PoolLimits = Object.freeze({
  spread: availableParallelism(),
  sessionsPerChild: 32,
  sessionsPerLife: 256,
})

/** Starts children as they are needed and gives members a place on them. */
export class ChildPool<Member extends object> implements AsyncDisposable {
  readonly #launch: () => Omit<Program, 'readable'>
  readonly #limits: PoolLimits
  readonly #children = new Set<InterpreterChild<Member>>()
  readonly #solitary = new Set<InterpreterChild<Member>>()
  readonly #leaving = new Set<Promise<void>>()
  // After an end that may be the doing of any of several, that many get a child to themselves: the next end of this kind
  // has one culprit.
  #suspects = 0
  #closed = false

  constructor(program: Program, launch: Launch | undefined, limits: PoolLimits) {
    this.#launch = () => launch?.(program) ?? program
    this.#limits = limits
  }

  /** A child with the member on it. Rejects with `closed` once the pool is disposed of. */
  place(member: Member): InterpreterChild<Member> {
    if (this.#closed)
      throw new FaultError(
        'sandbox',
        'closed',
        'The JavaScript interpreter is closed; open sessions before you dispose of it.',
      )
    const child = this.#choose()
    child.members.add(member)
    child.opened += 1
    return child
  }

  /** Takes a member off its child. A child that has had its time ends with its last one. */
  leave(child: InterpreterChild<Member>, member: Member): void {
    child.busy.delete(member)
    if (!child.members.delete(member) || child.members.size > 0) return
    const spare = this.#children.size > this.#limits.spread
    if (spare || this.#solitary.has(child) || !this.#takesMore(child)) child.kill()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const child of this.#children) child.kill()
    await Promise.all(this.#leaving)
  }

  #choose(): InterpreterChild<Member> {
    if (this.#suspects > 0) {
      this.#suspects -= 1
      const alone = this.#start()
      this.#solitary.add(alone)
      return alone
    }
    const open = [...this.#children].filter(
      (child) =>
        !this.#solitary.has(child) && this.#takesMore(child) && child.members.size < this.#limits.sessionsPerChild,
    )
    const [emptiest] = open.toSorted((one, other) => one.members.size - other.members.size)
    if (emptiest === undefined) return this.#start()
    return emptiest.members.size > 0 && this.#children.size < this.#limits.spread ? this.#start() : emptiest
  }

  #takesMore({ worn, opened }: InterpreterChild<Member>): boolean {
    return !worn && opened < this.#limits.sessionsPerLife
  }

  #start(): InterpreterChild<Member> {
    const child: InterpreterChild<Member> = new InterpreterChild(this.#launch(), (end) => this.#ended(child, end))
    this.#children.add(child)
    return child
  }

  #ended(child: InterpreterChild<Member>, { kind, culprit }: ChildEnd<Member>): void {
    this.#children.delete(child)
    this.#solitary.delete(child)
    if (kind === 'ended' && culprit === undefined && child.busy.size > 1) this.#suspects += child.members.size
    const leaving = child.gone().finally(() => this.#leaving.delete(leaving))
    this.#leaving.add(leaving)
  }
}
