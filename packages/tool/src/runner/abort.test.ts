import { setTimeout as sleep } from 'node:timers/promises'
import { FaultError } from '@interleave/trajectory'
import { exampleImage } from '@interleave/trajectory/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../define-tool.ts'
import { ToolError } from '../tool-error.ts'
import type { CallContext, Tool, ToolLimits } from '../tool.ts'
import type { CallResult, ToolSession } from '../tool-session.ts'
import { createToolRunner } from './create-tool-runner.ts'

const input = z.object({})
const limits: ToolLimits = { timeoutMs: 20 }

function open(tools: Tool[], signal = new AbortController().signal): ToolSession {
  return createToolRunner({ tools, graceMs: 60, setupTimeoutMs: 40 }).open({ id: 'r', seed: 1, signal })
}

function call(session: ToolSession, tool: Tool, id = 'c'): Promise<CallResult> {
  return session.call({ id, tool: tool.name, raw: '{}', input: {} })
}

function whenAborted({ signal }: CallContext<unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason))
  })
}

describe('the time limit', () => {
  test('a tool that stops on its signal may still tell what it has', async () => {
    const tool = defineTool({
      name: 'slow',
      description: '',
      input,
      limits,
      async run(_, context) {
        const reason = await whenAborted(context)
        expect((reason as Error).name).toBe('TimeoutError')
        return 'half of it'
      },
    })
    await using session = open([tool])
    const { outcome } = await call(session, tool)
    expect(outcome.error).toEqual({ code: 'timeout', message: 'The call ran longer than 0.02 s and was stopped.' })
    expect(outcome.content[0]).toEqual({ type: 'text', text: 'half of it' })
  })

  test.each([
    ['the reason of the signal', (reason: unknown) => reason, 'timeout'],
    ['a ToolError', () => new ToolError('other', 'other'), 'timeout'],
    ['any other error', () => new Error('socket closed'), 'timeout'],
    ['a fault', () => new FaultError('search', 'down', 'down'), 'fault'],
  ])('throwing %s while it stops', async (_, thrown, expected) => {
    const run = async (_: unknown, context: CallContext<unknown>): Promise<string> => {
      throw thrown(await whenAborted(context))
    }
    const tool = defineTool({ name: 'slow', description: '', input, limits, run })
    await using session = open([tool])
    if (expected === 'fault') await expect(call(session, tool)).rejects.toMatchObject({ boundary: 'search' })
    else expect((await call(session, tool)).outcome.error?.code).toBe(expected)
  })

  test('a tool that ignores its signal is given up, and its late result is nobody else’s', async () => {
    const { promise: late, resolve: finishLate } = Promise.withResolvers<void>()
    let stuck: CallContext<unknown> | undefined
    const tool = defineTool({
      name: 'deaf',
      description: '',
      input,
      limits,
      async run(_, context) {
        if (stuck !== undefined) return `second, ${context.images.length} images`
        stuck = context
        await late
        expect(() => context.images.add(exampleImage())).toThrow('This call is over')
        return { content: [{ type: 'image' as const, image: exampleImage() }] }
      },
    })
    await using session = open([tool])
    const first = await call(session, tool, 'c1')
    expect(first.outcome.error?.code).toBe('timeout')
    expect(stuck?.signal.aborted).toBe(true)
    finishLate()
    const second = await call(session, tool, 'c2')
    await sleep(5)
    expect(second.outcome).toMatchObject({
      callId: 'c2',
      index: 1,
      status: 'ok',
      content: [{ text: 'second, 0 images' }],
    })
    expect(session.images).toHaveLength(0)
  })

  test('given up, a state is released and made anew, and the model is told', async () => {
    const events: string[] = []
    let made = 0
    const tool = defineTool({
      name: 'deaf',
      description: '',
      input,
      limits,
      setup: (rollout) => {
        const number = (made += 1)
        rollout.defer(() => void events.push(`released ${number}`))
        return { number }
      },
      run: (_, { state }) => (state.number === 1 ? new Promise<string>(() => {}) : `state ${state.number}`),
    })
    await using session = open([tool])
    const { outcome } = await call(session, tool)
    expect(outcome.error?.message).toContain('What earlier calls of deaf had set up is gone')
    expect(events).toEqual(['released 1'])
    expect((await call(session, tool)).outcome.content).toEqual([{ type: 'text', text: 'state 2' }])
    await session[Symbol.asyncDispose]()
    expect(events).toEqual(['released 1', 'released 2'])
  })

  test('a signal asked for after it fired has fired', async () => {
    let late: AbortSignal | undefined
    const tool = defineTool({
      name: 'late',
      description: '',
      input,
      limits,
      async run(_, context) {
        await sleep(40)
        late = context.signal
        return ''
      },
    })
    await using session = open([tool])
    expect((await call(session, tool)).outcome.error?.code).toBe('timeout')
    expect(late?.aborted).toBe(true)
  })
})

describe('a cancelled rollout', () => {
  test('rejects with the reason, and no outcome', async () => {
    const controller = new AbortController()
    const seen: unknown[] = []
    const run = async (_: unknown, context: CallContext<unknown>): Promise<string> => {
      seen.push(await whenAborted(context))
      return 'too late'
    }
    const tool = defineTool({ name: 'wait', description: '', input, run })
    await using session = open([tool], controller.signal)
    const running = [call(session, tool), call(session, tool)]
    const reason = new Error('the user pressed Ctrl-C')
    setTimeout(() => controller.abort(reason), 5)
    const settled = await Promise.allSettled(running)
    expect(settled).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ])
    expect(seen).toEqual([reason])
  })

  test('a tool that ignores it is left behind after the grace period', async () => {
    const controller = new AbortController()
    const tool = defineTool({ name: 'deaf', description: '', input, run: () => new Promise<string>(() => {}) })
    await using session = open([tool], controller.signal)
    setTimeout(() => controller.abort(new Error('stop')), 5)
    await expect(call(session, tool)).rejects.toThrow('stop')
  })

  test('before a call, during a synchronous one, and during setup', async () => {
    const controller = new AbortController()
    const reason = new Error('stop')
    const during = defineTool({
      name: 'during',
      description: '',
      input,
      run() {
        controller.abort(reason)
        return ''
      },
    })
    await using session = open([during], controller.signal)
    await expect(call(session, during)).rejects.toBe(reason)
    await expect(call(session, during)).rejects.toBe(reason)

    const setting = new AbortController()
    const setup = (): Promise<void> => new Promise(() => {})
    const slow = defineTool({ name: 'slow', description: '', input, setup, run: () => '' })
    await using other = open([slow], setting.signal)
    setTimeout(() => setting.abort(reason), 1)
    await expect(call(other, slow)).rejects.toBe(reason)
  })

  test('a setup that takes too long is a fault, and its late state is released', async () => {
    const released: string[] = []
    const setup = async (): Promise<AsyncDisposable> => {
      await sleep(130)
      return { [Symbol.asyncDispose]: async () => void released.push('late state') }
    }
    const tool = defineTool({ name: 'slow', description: '', input, setup, run: () => '' })
    const session = open([tool])
    await expect(call(session, tool)).rejects.toMatchObject({ boundary: 'setup', code: 'setup_timeout' })
    await session[Symbol.asyncDispose]()
    await sleep(80)
    expect(released).toEqual(['late state'])
  })
})
