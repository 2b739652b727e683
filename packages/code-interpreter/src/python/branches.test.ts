import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { python } from '../python.ts'
import { openRollout, type Rollout } from './__fixtures__/rollout.ts'
import { withPython } from './__fixtures__/with-python.ts'

const tool = python({ unsafe: true })
afterAll(() => tool[Symbol.asyncDispose]())
const open = (): Rollout => openRollout([tool])

/** What makes a session one that cannot be copied live; it changes nothing that code sees. */
const unforkable =
  'import threading\n_stop = threading.Event()\nthreading.Thread(target=_stop.wait, daemon=True).start()'

const states = {
  variables: ['x = {"a": [1, 2]}\nclass C: pass\nc = C(); c.x = x', 'c.x["a"].append(3)\nx, len(x["a"])'],
  functions: ['def f(n): return n if n < 2 else f(n - 1) + f(n - 2)', 'f(10)'],
  generators: ['def g():\n    for i in range(9): yield i\nit = g(); next(it); next(it)', 'next(it), list(it)'],
  arrays: ['import numpy as np\na = np.arange(6).reshape(2, 3); b = a.T', 'b[0, 0] = 9\na.sum(), a.base is None'],
  files: [
    'import os\nos.makedirs("/tmp/d/e")\nopen("/tmp/d/e/f", "w").write("one")',
    'open("/tmp/d/e/f", "a").write("!")\nopen("/tmp/d/e/f").read()',
  ],
  'files with rights': [
    'import os, stat\nopen("/tmp/f", "w").write("a")\nos.chmod("/tmp/f", 0o400)',
    'oct(os.stat("/tmp/f").st_mode)',
  ],
  'open files': [
    'f = open("/tmp/f", "w+")\nf.write("abcdef"); f.flush(); f.seek(2)',
    'a = f.read(2); f.seek(0, 2); f.write("g"); f.seek(0)\na, f.read()',
  ],
  'unflushed files': ['f = open("/tmp/f", "w")\nf.write("abc")', 'f.write("d"); f.close()\nopen("/tmp/f").read()'],
  'files to append to': [
    'f = open("/tmp/f", "a")\nf.write("ab"); f.flush()',
    'f.write("c"); f.flush()\nopen("/tmp/f").read()',
  ],
  'the working folder': [
    'import os\nos.mkdir("/tmp/w"); os.chdir("/tmp/w")',
    'open("here", "w").write("a")\nos.getcwd(), os.listdir()',
  ],
  figures: [
    'import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(2, 2))\nax.plot([1, 3, 2])\nplt.show()',
    'ax.set_title("t")\nfig',
  ],
  'the figure cache': [
    'import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()',
    'plt.title("é"); plt.plot([2, 1]); plt.show()',
  ],
  chance: [
    'import random, numpy as np\nrandom.random(), np.random.rand()',
    'random.random(), np.random.rand(2), np.random.default_rng().random()',
  ],
  images: ['from PIL import Image\nImage.new("L", (4, 4))', 'image_1.size, _images, Image.open(_images[0]).size'],
  signals: [
    'import signal\nsignal.signal(signal.SIGUSR1, lambda *_: print("got"))\n0',
    'signal.raise_signal(signal.SIGUSR1)',
  ],
  modules: [
    'import collections, sys\nsys.modules["mine"] = type(sys)("mine"); sys.modules["mine"].x = 1',
    'import mine\nmine.x',
  ],
  'an error before': ['x = 1\n1/0', 'x'],
} as const

withPython('branches', () => {
  describe('live, by replay and the source itself give the same', () => {
    test.each(Object.entries(states))('%s', async (_, [before, after]) => {
      const seen: string[] = []
      for (const first of ['None', unforkable]) {
        await using source = open()
        for (const cell of [first, before]) await source.say(cell)
        await using branch = await source.branch()
        await using nested = await branch.branch()
        for (const one of [branch, source, nested]) seen.push(`${await one.say(after)} ${await one.say(after)}`)
      }
      expect(seen).toEqual(seen.map(() => seen[0]))
      expect(seen[0]).not.toMatch(/interpreter_died|restored|is new/)
    })
  })

  describe('cannot be copied as they stand, and come out right all the same', () => {
    test.each([
      [
        'threads',
        'import threading, queue\nq, r = queue.Queue(), queue.Queue()\ndef w():\n    while True: r.put(q.get() * 2)\nthreading.Thread(target=w, daemon=True).start()',
        'q.put(4)\nr.get(timeout=5)',
        '8',
      ],
      ['pipes', 'import os\na, b = os.pipe()\nos.write(b, b"hello")', 'os.read(a, 5)', "b'hello'"],
      ['shared memory', 'import mmap\nm = mmap.mmap(-1, 4096)\nm[:2] = b"ab"', 'm[0] += 1\nbytes(m[:2])', "b'bb'"],
      ['sockets', 'import socket\na, b = socket.socketpair()\na.send(b"x")', 'b.recv(1)', "b'x'"],
      [
        'deleted files',
        'import os\nf = open("/tmp/f", "w+"); f.write("abc"); f.flush(); os.unlink("/tmp/f")',
        'f.seek(0)\nf.read()',
        "'abc'",
      ],
      [
        'links',
        'import os\nopen("/tmp/a", "w").write("1"); os.symlink("/tmp/a", "/tmp/b")',
        'open("/tmp/b").read()',
        "'1'",
      ],
      [
        'folders that are open',
        'import os\nos.mkdir("/tmp/d")\nfd = os.open("/tmp/d", os.O_RDONLY)',
        'os.listdir(fd)',
        '[]',
      ],
    ])('%s', async (_, before, after, value) => {
      await using source = open()
      const seen = await source.say(before)
      expect(seen).not.toMatch(/interpreter_died/)
      await using branch = await source.branch()
      expect(await branch.say(after)).toBe(seen.includes('Error') ? await source.say(after) : value)
      expect(await branch.say('1')).toBe('1')
      if (!seen.includes('Error')) expect(await source.say(after)).toBe(value)
    })
  })

  test('of one session do not see each other: variables, files, chance', async () => {
    await using source = open()
    await source.say('x = [0]\nopen("/tmp/f", "w").write("0")\nf = open("/tmp/f", "a")')
    await using one = await source.branch()
    await using two = await source.branch()
    for (const [name, rollout] of Object.entries({ one, two, source })) {
      await rollout.say(`x.append("${name}"); f.write("${name}"); f.flush(); open("/tmp/${name}", "w").close()`)
    }
    const look =
      'import os\nx, open("/tmp/f").read(), [n for n in ("f", "one", "source", "two") if os.path.exists(f"/tmp/{n}")]'
    expect(await one.say(look)).toBe("([0, 'one'], '0one', ['f', 'one'])")
    expect(await two.say(look)).toBe("([0, 'two'], '0two', ['f', 'two'])")
    expect(await source.say(look)).toBe("([0, 'source'], '0source', ['f', 'source'])")
  })

  test('of one session cannot reach each other’s processes', async () => {
    await using source = open()
    await source.say('import os, signal')
    await using branch = await source.branch()
    await branch.say('os.kill(-1, signal.SIGTERM)')
    await branch.say('for pid in range(2, 200):\n    try: os.kill(pid, signal.SIGKILL)\n    except OSError: pass')
    expect(await source.say('"well"')).toBe("'well'")
  })

  test('that are over leave their source as it was', async () => {
    await using source = open()
    await source.say('x = 1')
    await using one = await source.branch()
    const two = await source.branch()
    await two.say('x = 2')
    for (const branch of [one, two]) await branch[Symbol.asyncDispose]()
    // Time for their processes to end.
    await sleep(300)
    expect(await source.say('x')).toBe('1')
    expect(await source.say('x')).toBe('1')
    await using last = await source.branch()
    expect(await last.say('x')).toBe('1')
  })

  test('take a seed of their own, and start chance from it', async () => {
    await using source = open()
    await source.say('import random\nrandom.random()')
    await using one = await source.branch({ seed: 100 })
    await using two = await source.branch({ seed: 101 })
    await using same = await source.branch({ seed: 100 })
    const [first, second, third] = [
      await one.say('random.random()'),
      await two.say('random.random()'),
      await same.say('random.random()'),
    ]
    expect(second).not.toBe(first)
    expect(third).toBe(first)
  })

  test('go on when their source ends, and when it dies', async () => {
    const source = open()
    await source.say('x = 1')
    await using one = await source.branch()
    await using two = await source.branch()
    await source.say('import os; os._exit(1)')
    expect(await one.say('x + 1')).toBe('2')
    expect(await source.say('x')).toContain('restored')
    await source[Symbol.asyncDispose]()
    expect(await two.say('x + 2')).toBe('3')
    expect(await one.say('x + 3')).toBe('4')
  })

  test('that die leave their source as it was', async () => {
    await using source = open()
    await source.say('x = 1')
    await using branch = await source.branch()
    expect(await branch.say('import os; os._exit(1)')).toContain('interpreter_died')
    expect(await branch.say('x')).toContain('restored')
    expect(await source.say('x')).toBe('1')
  })

  test('are made of branches again and again, deeper than the kernel nests namespaces', async () => {
    const rollouts = [open()]
    await rollouts[0]?.say('path = [0]')
    for (let depth = 1; depth <= 36; depth += 1) {
      const branch = await (rollouts.at(-1) as Rollout).branch()
      rollouts.push(branch)
      expect(await branch.say(`path.append(${depth})\nlen(path)`)).toBe(String(depth + 1))
    }
    expect(await rollouts[20]?.say('len(path)')).toBe('21')
    expect(await rollouts[0]?.say('path')).toBe('[0]')
    for (const rollout of rollouts) await rollout[Symbol.asyncDispose]()
  })

  test('many of one session, each of them used', async () => {
    await using source = open()
    await source.say('import numpy as np\nx = np.zeros(1000)')
    const branches = await Promise.all(Array.from({ length: 12 }, () => source.branch()))
    const seen = await Promise.all(branches.map((branch, number) => branch.say(`x[0] += ${number}\nint(x.sum())`)))
    expect(seen).toEqual(branches.map((_, number) => String(number)))
    expect(await source.say('int(x.sum())')).toBe('0')
    await Promise.all(branches.map((branch) => branch[Symbol.asyncDispose]()))
  })
})
