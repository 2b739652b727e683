import { byteIds } from '@interleave/chat-template/byte'
import { firstStrategies, laterStrategies, type Strategy } from '../parameters.ts'
import { actChoice, answerChoice, boxChoice, headChoice, tailChoice } from './acting-choices.ts'
import { Choice } from './choice.ts'
import { after, type Mode } from './mode.ts'
import { focusChoice, quadrantChoice, strategyChoice } from './thinking-choices.ts'
import { namesQuadrant, type TurnContext, type TurnMemory } from './turn.ts'
import { words } from './words.ts'

const fixed =
  (wording: (typeof words)[keyof typeof words]) =>
  ({ parameters }: TurnContext): Choice =>
    new Choice(wording, [], parameters)

// What is open in each stage of a turn, and the choice that it makes. The last four close what other hands began.
const stages = {
  strategy: { mode: 'thinking', choose: strategyChoice },
  focus: { mode: 'thinking', choose: focusChoice },
  quadrant: { mode: 'thinking', choose: quadrantChoice },
  act: { mode: 'plain', choose: actChoice },
  head: { mode: 'call', choose: headChoice },
  box: { mode: 'call', choose: boxChoice },
  tail: { mode: 'call', choose: tailChoice },
  answer: { mode: 'answer', choose: answerChoice },
  closeThinking: { mode: 'thinking', choose: fixed(words.thinking) },
  closeCall: { mode: 'call', choose: fixed(words.call) },
  closeAnswer: { mode: 'answer', choose: fixed(words.closeAnswer) },
  ended: { mode: 'ended', choose: fixed(words.ended) },
} as const satisfies Record<string, { mode: Mode; choose: (context: TurnContext, memory: TurnMemory) => Choice }>
type Stage = keyof typeof stages

/** One id that may come next: the options of the current choice that go on with it. */
interface Branch {
  readonly token: number
  readonly start: number
  readonly end: number
}

/**
 * The policy's distribution over the next id, id by id. A turn is a row of choices whose wordings never begin one another,
 * so the ids so far determine which choices are made and which options are still open: the probability of an id is the
 * mass of the open options that go on with it. Ids outside this language have probability zero; after them the policy
 * closes what they left open (the thinking, a call, an answer) and goes on from there.
 */
export class TurnWalker {
  readonly #context: TurnContext
  readonly #memory: TurnMemory = { strategy: 'foreign', focus: 0, quadrant: -1 }
  #stage: Stage = 'strategy'
  #choice: Choice
  #start = 0
  #end = 0
  #depth = 0

  constructor(context: TurnContext) {
    this.#context = context
    this.#choice = this.#enter('strategy')
  }

  /** The ids that may come next. */
  branches(): Branch[] {
    const { sequences } = this.#choice.wording
    const branches: Branch[] = []
    let start = this.#start
    while (start < this.#end) {
      const token = sequences[start]?.[this.#depth] ?? byteIds.turnEnd
      let end = start + 1
      while (end < this.#end && sequences[end]?.[this.#depth] === token) end += 1
      branches.push({ token, start, end })
      start = end
    }
    return branches
  }

  /** The only id that may come next, or undefined where there are several. */
  forced(): number | undefined {
    const { sequences } = this.#choice.wording
    const first = sequences[this.#start]?.[this.#depth]
    return first === sequences[this.#end - 1]?.[this.#depth] ? first : undefined
  }

  /** Log probability of a branch. */
  logprob({ end, start }: Branch): number {
    if (start === this.#start && end === this.#end) return 0
    return this.#choice.logMass(start, end) - this.#choice.logMass(this.#start, this.#end)
  }

  /** Goes on by an id and returns its log probability: minus infinity for one that the policy never draws. */
  accept(token: number): number {
    return this.#accept(token)
  }

  /**
   * The same, and adds the gradient of the log probability times what `scale` makes of it. Nothing for an id that the policy
   * never draws.
   */
  acceptWithGradient(token: number, scale: (logprob: number) => number, gradient: Float64Array): number {
    return this.#accept(token, (branch, logprob) => {
      const factor = scale(logprob)
      if (factor === 0) return
      this.#choice.addGradient(branch.start, branch.end, factor, gradient)
      this.#choice.addGradient(this.#start, this.#end, -factor, gradient)
    })
  }

  #accept(token: number, before?: (branch: Branch, logprob: number) => void): number {
    if (this.forced() === token) {
      this.#advance(this.#start, this.#end)
      return 0
    }
    const branch = this.branches().find((open) => open.token === token)
    if (branch === undefined) {
      this.#leave(token)
      return Number.NEGATIVE_INFINITY
    }
    const logprob = this.logprob(branch)
    before?.(branch, logprob)
    this.#advance(branch.start, branch.end)
    return logprob
  }

  #enter(stage: Stage): Choice {
    this.#stage = stage
    const choice = stages[stage].choose(this.#context, this.#memory)
    this.#choice = choice
    this.#start = 0
    this.#end = choice.wording.option.length
    this.#depth = 0
    return choice
  }

  #advance(start: number, end: number): void {
    this.#start = start
    this.#end = end
    this.#depth += 1
    if (this.#depth === this.#choice.wording.sequences[start]?.length)
      this.#enter(this.#next(this.#choice.wording.option[start] ?? 0))
  }

  #next(option: number): Stage {
    const memory = this.#memory
    switch (this.#stage) {
      case 'strategy':
        memory.strategy = (this.#context.prompt.turn === 1 ? firstStrategies : laterStrategies)[option] ?? 'foreign'
        return memory.strategy === 'direct' || memory.strategy === 'answer' ? 'act' : 'focus'
      case 'focus':
        memory.focus = option
        return namesQuadrant(memory.strategy) ? 'quadrant' : 'act'
      case 'quadrant':
        memory.quadrant = option
        return 'act'
      case 'act':
        return option === 0 ? 'head' : 'answer'
      case 'head':
        return 'box'
      case 'box':
        return 'tail'
      case 'closeThinking':
        return 'act'
      default:
        return 'ended'
    }
  }

  /** Takes note of an id outside the language: finds what is open after it. */
  #leave(token: number): void {
    const said = this.#choice.wording.sequences[this.#start]?.subarray(0, this.#depth) ?? []
    let mode: Mode = stages[this.#stage].mode
    if (mode === 'thinking')
      Object.assign(this.#memory, { strategy: 'foreign' satisfies Strategy, focus: 0, quadrant: -1 })
    for (const id of said) mode = after(mode, id)
    const before = mode
    mode = after(mode, token)
    if (mode === 'thinking') this.#enter('closeThinking')
    else if (mode === 'plain') this.#enter('act')
    else if (mode === 'call') this.#enter(before === 'plain' ? 'head' : 'closeCall')
    else if (mode === 'answer') this.#enter(before === 'plain' ? 'answer' : 'closeAnswer')
    else this.#enter('ended')
  }
}
