import type { RunEnd } from '../messages.ts'
import type { Evaluation, InspectorReply, RemoteObject } from './inspector.ts'
import type { Chamber } from './isolate-session.ts'
import type { Told } from './isolate/make-api.ts'
import { primitiveText } from './primitive-text.ts'

const takeTimeoutMs = 1000
const neverSettles =
  'Error: The cell waits for a promise that nothing can settle. There are no timers and no input or output here; ' +
  'do not await what waits for them.'
// The names by which V8 and isolated-vm tell of an end from outside.
const timedOut = 'Script execution timed out.'

/** The run of one cell. Rejects where the isolate is gone. */
export class CellRun {
  readonly #chamber: Chamber
  readonly #timeoutMs: number
  readonly #end: number

  constructor(chamber: Chamber, timeoutMs: number) {
    this.#chamber = chamber
    this.#timeoutMs = timeoutMs
    this.#end = performance.now() + timeoutMs
  }

  async run(code: string): Promise<RunEnd> {
    const { inspector, contextId, settle } = this.#chamber
    const answer: { reply?: InspectorReply } = {}
    // What the last cell showed. Let go of now, where the isolate is known to live: a message to a dead one blocks.
    void inspector.send('Runtime.releaseObjectGroup', { objectGroup: 'cell' })
    void inspector
      .send('Runtime.evaluate', {
        // Its lines are told by this name in stacks.
        expression: `${code}\n//# sourceURL=cell`,
        contextId,
        replMode: true,
        awaitPromise: true,
        silent: true,
        objectGroup: 'cell',
        timeout: this.#timeoutMs,
      })
      .then((reply) => {
        answer.reply = reply
      })
    // All three are queued at once: a cell that shows no object needs one turn of the isolate's thread.
    const settled = settle(this.#timeoutMs)
    const taken = this.#take()
    const failure = await settled
    const output = await taken
    if (output === undefined) throw new Error('The isolate does not answer.')
    if (isTimeout(failure)) return { end: 'time_limit', output }
    // Replies come in order: behind the reply to this, there can be none of the cell any more.
    if (answer.reply === undefined) await this.#answered(inspector.send('Runtime.getIsolateId'))
    const { reply } = answer
    if (reply === undefined) return { end: 'replied', output, error: neverSettles }
    if (reply.error !== undefined) return { end: 'time_limit', output }
    const end = await this.#tellEnd(reply.result as Evaluation, output)
    const unhandled = failure === undefined ? undefined : rejectionText(failure)
    // A promise that is the cell's value has been told of as its error.
    if (unhandled === undefined || end.end !== 'replied' || end.error?.startsWith(unhandled) === true) return end
    return { ...end, output: `${end.output}Uncaught (in promise) ${unhandled}\n` }
  }

  async #tellEnd({ result, exceptionDetails }: Evaluation, output: string): Promise<RunEnd> {
    const thrown = exceptionDetails?.exception
    if (exceptionDetails === undefined) {
      if (result.objectId === undefined) {
        const value = primitiveText(result)
        return { end: 'replied', output, ...(value === undefined ? {} : { value }) }
      }
      return this.#tellObject(result, 'value', output)
    }
    if (thrown?.objectId === undefined)
      return {
        end: 'replied',
        output,
        error: `Uncaught ${thrown === undefined ? 'error' : (primitiveText(thrown) ?? 'undefined')}`,
      }
    const told = await this.#tellObject(thrown, 'error', output)
    const { lineNumber, columnNumber } = exceptionDetails
    // Code that does not compile has no stack; the inspector says where it stopped to.
    if (thrown.className !== 'SyntaxError' || told.end !== 'replied' || told.error?.includes('\n') === true) return told
    return { ...told, error: `${told.error ?? ''}\n    at cell:${lineNumber + 1}:${columnNumber + 1}` }
  }

  async #tellObject({ objectId, subtype }: RemoteObject, kind: 'value' | 'error', earlier: string): Promise<RunEnd> {
    const { inspector, apiId, call } = this.#chamber
    void inspector.send('Runtime.callFunctionOn', {
      objectId: apiId,
      functionDeclaration: 'function (value) { this.value = value }',
      arguments: [{ objectId }],
      silent: true,
    })
    try {
      if (kind === 'value' && subtype === 'promise') await call('watch', [], this.#left())
      const [told, text] = (await call('tell', [kind], this.#left())) as Told
      const output = earlier + ((await this.#take()) ?? '')
      return told === 'value' ? { end: 'replied', output, value: text } : { end: 'replied', output, error: text }
    } catch (error) {
      if (!isTimeout(error)) throw error
      return { end: 'time_limit', output: earlier }
    }
  }

  #left(): number {
    return Math.max(20, Math.ceil(this.#end - performance.now()))
  }

  /** Undefined where the isolate is gone or does not stop. */
  async #take(): Promise<string | undefined> {
    try {
      const output = await this.#chamber.call('take', [], takeTimeoutMs)
      return typeof output === 'string' ? output : undefined
    } catch {
      return undefined
    }
  }

  async #answered(reply: Promise<unknown>): Promise<void> {
    // The inspector of an isolate that is gone is silent for ever.
    const failure = this.#chamber.settle(takeTimeoutMs)
    await Promise.race([reply, failure.then((error) => (error === undefined ? reply : undefined))])
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === timedOut
}

function rejectionText(reason: unknown): string {
  return reason instanceof Error ? `${reason.name}: ${reason.message}`.slice(0, 1000) : 'a value that is no error'
}
