import type { InspectorSession } from 'isolated-vm'

/** A value in an isolate as V8's inspector names it. */
export interface RemoteObject {
  readonly type: string
  readonly subtype?: string
  readonly className?: string
  readonly value?: unknown
  /** Numbers that JSON has no words for, and integers of any size. */
  readonly unserializableValue?: string
  /** Of everything that is no primitive. */
  readonly objectId?: string
}

export interface Evaluation {
  readonly result: RemoteObject
  readonly exceptionDetails?: {
    readonly lineNumber: number
    readonly columnNumber: number
    readonly exception?: RemoteObject
  }
}

export interface InspectorReply {
  readonly result?: unknown
  /** Where the evaluation was ended from outside. */
  readonly error?: { readonly message: string }
}

interface CreatedContext {
  readonly id: number
  readonly name: string
}

/**
 * V8's inspector of one isolate, which has what a plain script lacks: cells that may declare a name again and that may
 * wait at the top. It is the only part of the protocol in use; the debugger is never switched on.
 */
export class Inspector {
  readonly #session: InspectorSession
  readonly #waiting = new Map<number, (reply: InspectorReply) => void>()
  #last = 0

  constructor(session: InspectorSession) {
    this.#session = session
    session.onResponse = (id, text) => {
      this.#waiting.get(id)?.(JSON.parse(text) as InspectorReply)
      this.#waiting.delete(id)
    }
    session.onNotification = () => {}
  }

  /** The reply, once the isolate's thread has got to it. Not for an isolate that is gone: that may block this thread. */
  send(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<InspectorReply> {
    this.#last += 1
    const id = this.#last
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#session.dispatchProtocolMessage(JSON.stringify({ id, method, params }))
    })
  }

  /**
   * Takes the inspector off its isolate, which must be idle, and says whether that could be done. It cannot while a cell
   * waits for a promise: isolated-vm then calls into what it has freed.
   */
  async detach(): Promise<boolean> {
    await this.send('Runtime.getIsolateId')
    if (this.#waiting.size > 0) return false
    this.#session.dispose()
    return true
  }

  /** The number of the only context that was made by us; the isolate has another of its own. */
  async contextId(): Promise<number> {
    const created: CreatedContext[] = []
    this.#session.onNotification = (text) => {
      const { method, params } = JSON.parse(text) as { method: string; params: { context: CreatedContext } }
      if (method === 'Runtime.executionContextCreated') created.push(params.context)
    }
    await this.send('Runtime.enable')
    await this.send('Runtime.disable')
    this.#session.onNotification = () => {}
    const made = created.find(({ name }) => name !== 'default')
    if (made === undefined) throw new Error('The inspector names no context.')
    return made.id
  }
}
