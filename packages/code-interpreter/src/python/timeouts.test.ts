import { afterAll, describe, expect, test } from 'vitest'
import { python } from '../python.ts'
import { openRollout } from './__fixtures__/rollout.ts'
import { withPython } from './__fixtures__/with-python.ts'

const tool = python({ unsafe: true })
afterAll(() => tool[Symbol.asyncDispose]())

const restored = '[The Python session was restored to what it was before the call that was stopped.]\n'

withPython('a call that runs too long', () => {
  describe('is stopped, shows what it wrote, and is undone', () => {
    test.each([
      ['a busy loop', 'x = 2\nprint("half")\nwhile True: pass'],
      ['a sleep', 'import time\nx = 2\nprint("half")\ntime.sleep(100)'],
      [
        'a loop that swallows the interrupt',
        'x = 2\nprint("half")\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass',
      ],
      [
        'a loop that ignores the signal',
        'import signal\nx = 2\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint("half")\nwhile True: pass',
      ],
      ['a call of C that nothing interrupts', 'import re\nx = 2\nprint("half")\nre.match("(a+)+b", "a" * 40)'],
      ['a number that takes for ever', 'x = 2\nprint("half")\ny = 9 ** 9 ** 9'],
      [
        'a thread',
        'import threading\nx = 2\nprint("half")\nt = threading.Thread(target=lambda: [None for _ in iter(int, 1)])\nt.start(); t.join()',
      ],
      ['a wait for input that never comes', 'import threading\nx = 2\nprint("half")\nthreading.Event().wait()'],
      [
        'a finally that goes on',
        'import time\nx = 2\nprint("half")\ntry:\n    time.sleep(100)\nfinally:\n    time.sleep(100)',
      ],
      [
        'a stopped process',
        'import os, signal\nx = 2\nprint("half")\nos.kill(os.getpid(), signal.SIGSTOP)\nwhile True: pass',
      ],
    ])('%s', async (_, code) => {
      await using rollout = openRollout([tool])
      await rollout.say('x = 1')
      const began = performance.now()
      const seen = await rollout.say(code, 0.3)
      expect(performance.now() - began).toBeLessThan(10_000)
      expect(seen).toContain('time_limit: The code ran longer than 0.3 s and was stopped.')
      expect(seen).toContain('half')
      expect(await rollout.say('x')).toBe(`${restored}1`)
      expect(await rollout.say('x')).toBe('1')
    })
  })

  test('that hides the interrupt and replies late is over all the same', async () => {
    await using rollout = openRollout([tool])
    await rollout.say('x = 1')
    const code = 'import time\nx = 2\ntry: time.sleep(100)\nexcept KeyboardInterrupt: pass\n"a value"'
    const seen = await rollout.say(code, 0.2)
    expect(seen).toContain('time_limit')
    expect(seen).not.toContain('a value')
    expect(await rollout.say('x')).toBe(`${restored}1`)
  })

  test('and writes without end is cut', async () => {
    await using rollout = openRollout([tool])
    const { content, error } = await rollout.call('while True: print("line")', 0.3)
    expect(error?.code).toBe('time_limit')
    expect(JSON.stringify(content).length).toBeLessThan(60_000)
    expect(await rollout.say('1')).toContain('1')
  })

  test('may name its own time, within bounds', async () => {
    await using short = python({ unsafe: true, timeoutSeconds: 0.2, maxTimeoutSeconds: 2 })
    await using rollout = openRollout([short])
    expect(await rollout.say('import time; time.sleep(0.6); 1', 2)).toBe('1')
    expect(await rollout.say('import time; time.sleep(5)')).toContain('longer than 0.2 s')
    expect((await rollout.call('1', 3)).status).toBe('error')
    expect((await rollout.call('1', 0)).status).toBe('error')
    expect((await rollout.call('1', -1)).status).toBe('error')
  })

  test.each([
    { timeoutSeconds: 0 },
    { timeoutSeconds: -1 },
    { timeoutSeconds: 5, maxTimeoutSeconds: 4 },
    { timeoutSeconds: NaN },
  ])('never with times that make no sense: %j', (options) => {
    expect(() => python(options)).toThrow(expect.objectContaining({ code: 'bad_option' }))
  })
})

withPython('a call that the rollout cancels', () => {
  test('rejects with the reason, and leaves the server well', async () => {
    const stop = new AbortController()
    await using rollout = openRollout([tool], { signal: stop.signal })
    await rollout.say('x = 1')
    const waiting = rollout.call('while True: pass', 50)
    setTimeout(() => stop.abort(new Error('The run is over.')), 100)
    await expect(waiting).rejects.toThrow('The run is over.')
    await using next = openRollout([tool])
    expect(await next.say('1')).toBe('1')
  })
})

withPython('a process that ends', () => {
  test.each([
    ['by an exit', 'import os\nos._exit(0)'],
    ['by a fatal error', 'import ctypes\nctypes.string_at(0)'],
    ['by a signal to itself', 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nos.abort()'],
    ['by its own abort', 'import os\nos.abort()'],
  ])('%s is undone', async (_, code) => {
    await using rollout = openRollout([tool])
    await rollout.say('x = 1')
    expect(await rollout.say(`x = 2\n${code}`)).toMatch(/^interpreter_died: /)
    expect(await rollout.say('x')).toBe(`${restored}1`)
  })

  test('by too much memory is undone, or told so as an exception, and others are well', async () => {
    await using other = openRollout([tool])
    await other.say('y = 5')
    await using rollout = openRollout([tool])
    expect(await rollout.say('l = []\nwhile True: l.append(bytearray(50 << 20))', 30)).toMatch(
      /MemoryError|interpreter_died/,
    )
    expect(await rollout.say('1')).toContain('1')
    expect(await other.say('y')).toBe('5')
  })

  test('that forges a reply is stopped, and its next call is right', async () => {
    await using rollout = openRollout([tool])
    await rollout.say('x = 1')
    const forge =
      'import os\nfor fd in range(3, 64):\n    try: os.write(fd, b"\\x08\\0\\0\\0\\x04\\0\\0\\0null")\n    except OSError: pass'
    expect(await rollout.say(forge)).toMatch(/protocol_violation|interpreter_died/)
    expect(await rollout.say('x')).toBe(`${restored}1`)
  })
})
