import { afterAll, expect, test } from 'vitest'
import { python } from '../python.ts'
import { openRollout } from './__fixtures__/rollout.ts'
import { withPython } from './__fixtures__/with-python.ts'

// Two tools: two servers, each with processes of its own.
const tools = [python({ unsafe: true }), python({ unsafe: true })] as const
afterAll(async () => {
  for (const tool of tools) await tool[Symbol.asyncDispose]()
})

async function play(tool: (typeof tools)[number], seed: number, cells: readonly string[]): Promise<string[]> {
  await using rollout = openRollout([tool], { seed })
  const seen: string[] = []
  for (const cell of cells) seen.push(await rollout.say(cell))
  return seen
}

const fixed = {
  'the order of a set of text': '{"a", "b", "c", "élan", "d" * 50}',
  'the order of a set of objects': 'class A: pass\nnames = {A(): n for n in range(30)}\n[names[a] for a in set(names)]',
  'the order of a set of functions':
    'import numpy as np, sympy\nfs = [lambda: i for i in range(9)]\n[fs.index(f) for f in set(fs)], {print, len, np.sum, sympy.sin, int}',
  'what an object shows': 'object(), print, (lambda: 0), type("B", (), {})()',
  hashes: 'hash("text"), hash(b"bytes"), hash((1, "a")), hash(3.5)',
  'the process': 'import os\nos.getpid(), os.getcwd(), dict(os.environ), os.getppid()',
  'names of temporary files': 'import tempfile\ntempfile.gettempdir()',
  warnings: 'import numpy as np\nnp.log(np.zeros(1))',
  threads: 'import threading\nthreading.current_thread().name',
  'a traceback': 'import numpy as np\nnp.zeros(2) + np.zeros(3)',
  'a figure': 'import matplotlib.pyplot as plt\nplt.hist([1, 2, 2, 3]); plt.title("$x^2$ é")\nplt.show()',
} as const

const chance = {
  random: 'import random\n[random.random(), random.choice("abcdef" * 50), random.gauss()]',
  'numpy.random': 'import numpy as np\nnp.random.rand(3), np.random.randint(0, 1 << 30)',
  'default_rng()': 'import numpy as np\nnp.random.default_rng().random(3)',
  'default_rng() again': 'np.random.default_rng().random(3), np.random.default_rng().random(3)',
  'RandomState()': 'np.random.RandomState().rand(2), np.random.SeedSequence().entropy',
  scipy: 'from scipy import stats\nstats.norm.rvs(size=3)',
  'a figure of it': 'import matplotlib.pyplot as plt\nplt.scatter(np.random.rand(20), np.random.rand(20))\nplt.show()',
} as const

withPython('determinism', () => {
  test.each(Object.entries({ ...fixed, ...chance }))('%s: two servers give the same bytes', async (name, cell) => {
    const before = name in chance ? ['import numpy as np'] : []
    const seen = await Promise.all(tools.map((tool) => play(tool, 11, [...before, cell])))
    expect(seen[1]).toEqual(seen[0])
    expect(seen[0]?.at(-1)).not.toContain('0x7')
  })

  test('a whole rollout, too, and a second one on the same server', async () => {
    const cells = Object.values({ ...fixed, ...chance })
    const first = await play(tools[0], 3, cells)
    expect(await play(tools[1], 3, cells)).toEqual(first)
    expect(await play(tools[0], 3, cells)).toEqual(first)
  })

  test.each(Object.entries(chance))('%s: another seed gives something else', async (_, cell) => {
    const [one, other] = [
      await play(tools[0], 1, ['import numpy as np', cell]),
      await play(tools[0], 2, ['import numpy as np', cell]),
    ]
    expect(other.at(-1)).not.toBe(one.at(-1))
  })

  test.each([0, 2 ** 32, Number.MAX_SAFE_INTEGER])('the seed %d is one like any other', async (seed) => {
    const seen = await play(tools[0], seed, [chance.random, chance['numpy.random']])
    expect(seen.join()).not.toContain('Error')
    expect(await play(tools[1], seed, [chance.random, chance['numpy.random']])).toEqual(seen)
  })

  test('chance goes on from call to call, and does not start again', async () => {
    const [, one, two] = await play(tools[0], 1, ['import random', 'random.random()', 'random.random()'])
    expect(one).not.toBe(two)
  })
})
