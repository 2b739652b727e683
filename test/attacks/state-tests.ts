import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Arena, Rollout } from './arena.ts'
import { descendants, settled } from './machine.ts'

const program = [
  'import random, numpy as np, os, tempfile\nrandom.random(), np.random.rand(3), np.random.default_rng().random()',
  'open("kept.txt", "w").write("kept")\nsorted(os.listdir("."))',
  'print({"a", "b", "c"}, [id(int)] == [id(int)])\nhash("a"), os.getpid() > 0',
  'import matplotlib.pyplot as plt\nplt.plot(np.random.rand(5))\nplt.show()',
  'len(_pil_images), image_1.size',
  'def f(n): return 1 / n\nf(0)',
]

/** The tests of what a session remembers, of branches and of closing, at the tier of an arena. */
export function testState(arena: Arena): void {
  const { tier } = arena
  describe('state', () => {
    let processes = 0
    beforeAll(async () => {
      processes = (await descendants(process.pid)).length
    })
    const gone = async (): Promise<void> => {
      const left = await settled(async () => (await descendants(process.pid)).length, processes)
      expect(left, 'processes outlived their session').toBeLessThanOrEqual(processes)
    }
    /** A rollout that has run some code, and two branches of it. */
    const family = async (code: string): Promise<readonly [Rollout, Rollout, Rollout]> => {
      const source = arena.rollout()
      expect((await source.say(code)).end).toBe('ok')
      return [source, await source.branch(arena.tool), await source.branch(arena.tool)]
    }
    const close = async (rollouts: readonly Rollout[]): Promise<void> => {
      for (const rollout of rollouts) await rollout[Symbol.asyncDispose]()
      await gone()
    }

    test('two rollouts set the same variable', async () => {
      const rollouts = [arena.rollout(), arena.rollout()] as const
      await Promise.all(rollouts.map((rollout, index) => rollout.say(`x = ${index}\nopen("x", "w").write(str(x))`)))
      for (const [index, rollout] of rollouts.entries())
        expect(await rollout.say('x, open("x").read()')).toMatchObject({ text: `(${index}, '${index}')` })
      await close(rollouts)
    })

    test('what is made again after a time limit and a crash equals the original, byte for byte', async () => {
      const [plain, stopped] = [arena.rollout(), arena.rollout()]
      for (const code of program) {
        const answer = await plain.say(code, 10)
        expect((await stopped.say('while True: pass', 0.1)).end).toBe('time_limit')
        const again = await stopped.say(code, 10)
        expect(again.text.replace(/^\[The Python session .*\]\n/, '')).toBe(answer.text)
        expect((await stopped.say('import os\nos._exit(1)')).end).toBe('interpreter_died')
      }
      await close([plain, stopped])
    })

    test('branches see neither each other nor their source', async () => {
      const rollouts = await family('x = [1]\nopen("x", "w").write("1")\nfile = open("x")')
      for (const [index, rollout] of rollouts.entries())
        await rollout.say(`x.append(${index})\nopen("x", "a").write("${index}")\nfile.seek(${index})\nNone`)
      for (const [index, rollout] of rollouts.entries())
        expect(await rollout.say('x, open("x").read(), file.tell()')).toMatchObject({
          text: `([1, ${index}], '1${index}', ${index})`,
        })
      await close(rollouts)
    })

    test.skipIf(tier === 'T0')('a branch that ends every process and fills its space harms nobody else', async () => {
      const [source, one, other] = await family('x = 41\nopen("x", "w").write("41")')
      await one.say(
        'import os\ntry: os.kill(-1, 9)\nexcept OSError: pass\ntry: os.kill(0, 15)\nexcept OSError: pass\nNone',
      )
      await one.say('import os\nfor name in os.listdir("."): os.unlink(name)\nopen("y", "wb").write(bytes(2 ** 25))')
      await one.say('import os\nos._exit(1)')
      for (const rollout of [source, other])
        expect(await rollout.say('x + 1, open("x").read()')).toMatchObject({ end: 'ok', text: "(42, '41')" })
      await close([source, one, other])
    })

    test("hooks of a fork that keep what is not the branch's", async () => {
      const rollouts = await family(
        `import os
kept = []
def keep():
    for fd in range(3, 40):
        try: kept.append(os.dup(fd))
        except OSError: pass
os.register_at_fork(before=keep, after_in_child=keep, after_in_parent=keep)
x = 41`,
      )
      for (const rollout of rollouts) {
        await rollout.say('import os\nfor fd in kept:\n    try: os.write(fd, b"hello")\n    except OSError: pass', 1)
        await sleep(50)
        await rollout.say('None')
        expect((await rollout.say('x + 1')).text).toMatch(/42$/)
      }
      await close(rollouts)
    })

    test('a branch cannot write over the connection of its source', async () => {
      const [source, branch] = await family(
        `import os, sys
frame = sys._getframe()
while "nonce" not in frame.f_locals: frame = frame.f_back
fd = frame.f_locals["self"]._data.fileno()
kept = []
os.register_at_fork(after_in_child=lambda: kept.append(os.dup(fd)))
x = 41`,
      )
      await branch.say('import os\nfor fd in kept: os.write(fd, b"hello")')
      await sleep(50)
      // The source is ended where a branch of it was refused for what it kept: so much is lost, and no more.
      expect((await source.say('None')).end).not.toBe('protocol_violation')
      expect((await source.say('x + 1')).text).toMatch(/42$/)
      await close([source, branch])
    })

    test('a source that will not let its branch go', async () => {
      const rollouts = await family(
        'import os\ndef wait():\n    while True: pass\nos.register_at_fork(before=wait)\nx = 41',
      )
      for (const rollout of rollouts) {
        await rollout.say('None')
        expect((await rollout.say('x + 1')).text).toMatch(/42$/)
      }
      await close(rollouts)
    })

    test('closing while code runs ends its processes', async () => {
      const rollout = arena.rollout()
      const call = rollout
        .say('import os\nfor _ in range(3): os.fork()\nwhile True: pass', 30)
        .catch((error: unknown) => error)
      await sleep(200)
      await rollout[Symbol.asyncDispose]()
      expect(await call).toMatchObject({ code: 'session_closed' })
      await gone()
    })

    test('the server goes on', () => {
      expect(existsSync(arena.host.serverSocket)).toBe(true)
    })
  })
}
