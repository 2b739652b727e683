import { defineTool } from '@interleave/tool'
import { exampleImage, runChecks } from '@interleave/trajectory/testing'
import { toolChecks } from '@interleave/tool/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { makePng } from '../__fixtures__/make-png.ts'
import { python } from '../python.ts'
import { openRollout, type RolloutOptions } from './__fixtures__/rollout.ts'
import { withPython } from './__fixtures__/with-python.ts'

const tool = python({ unsafe: true })
afterAll(() => tool[Symbol.asyncDispose]())
const open = (options?: RolloutOptions) => openRollout([tool], options)

withPython('the tool python', () => {
  test('has the name and the arguments of the paper', () => {
    expect(tool.name).toBe('python')
    expect(tool.schema.input).toMatchObject({
      properties: { code: { type: 'string' }, timeout: { type: 'number' } },
      required: ['code'],
    })
    expect(JSON.stringify(tool.schema.input)).toContain('Default 12.')
  })

  test('passes the conformance suite of tools', async () => {
    const examples = [
      { code: 'import random\nx = [random.random()]\nprint(x)' },
      { code: 'x.append(len(_pil_images))\nx', timeout: 5 },
      {
        code: 'import numpy as np, matplotlib.pyplot as plt\nplt.plot(np.random.rand(5))\nplt.show()\nnp.random.rand()',
      },
    ]
    const rejected = [{ code: '1/0' }, { code: 'def' }, { code: 'while True: pass', timeout: 0.2 }]
    const results = await runChecks(toolChecks(tool, { examples, rejected, images: [exampleImage()] }), {
      timeoutMs: 60_000,
    })
    expect(results.map(({ name, reason, status }) => [name, status, reason])).toEqual(
      results.map(({ name }) => [name, 'passed', undefined]),
    )
  })

  describe('text', () => {
    test.each([
      ['the value of the last expression', '1\n2 + 3', '5'],
      ['no value of a statement', 'x = 5', '[no output]'],
      ['no value that is None', 'print', '<built-in function print>'],
      ['None is not shown', 'None', '[no output]'],
      ['an empty cell', '', '[no output]'],
      ['a comment', '# nothing', '[no output]'],
      ['output and value', 'print("a")\n"b"', "a\n'b'"],
      ['output that ends in no line end', 'print("a", end="")\n1', 'a\n1'],
      [
        'standard output and standard error as they came',
        'import sys\nfor i in range(2):\n    print("out", i)\n    print("err", i, file=sys.stderr)',
        'out 0\nerr 0\nout 1\nerr 1\n',
      ],
      ['a warning, without a path', 'import warnings\nwarnings.warn("careful")', 'UserWarning: careful\n'],
      ['text of every script', 'print("é 漢 🙂")', 'é 漢 🙂\n'],
      ['a lone surrogate', 'print("\\ud800")', '\\ud800\n'],
      ['an expression after a semicolon', 'x = 1; x', '1'],
      ['text that display() was given', 'display("a", 1)', 'a\n1\n'],
    ])('%s', async (_, code, seen) => {
      await using rollout = open()
      expect(await rollout.say(code)).toBe(seen)
    })

    test('variables, imports, functions and the working folder stay from call to call', async () => {
      await using rollout = open()
      await rollout.say('import math, os\ndef f(x): return x * math.pi\nos.makedirs("d"); os.chdir("d")')
      expect(await rollout.say('round(f(y := 2), 3), os.path.basename(os.getcwd())')).toBe("(6.283, 'd')")
      expect(await rollout.say('y, __name__')).toBe("(2, '__main__')")
    })

    test('very much of it is cut and says so, and the next call is well', async () => {
      await using rollout = open()
      const { content, truncated } = await rollout.call('print("x" * 5_000_000)')
      expect(truncated?.to).toBeLessThanOrEqual(truncated?.from ?? 0)
      expect(JSON.stringify(content).length).toBeLessThan(30_000)
      expect((await rollout.call('"y" * 5_000_000')).truncated).toBeDefined()
      expect((await rollout.call('raise ValueError("z" * 5_000_000)')).status).toBe('error')
      expect(await rollout.say('1')).toBe('1')
    })

    test('rollouts do not see each other', async () => {
      await using one = open()
      await using other = open()
      await one.say('secret = 1\nopen("/tmp/secret", "w").write("1")')
      expect(await other.say('"secret" in globals(), __import__("os").path.exists("/tmp/secret")')).toBe(
        '(False, False)',
      )
    })
  })

  describe('pictures', () => {
    const draw = 'import matplotlib.pyplot as plt\nplt.figure(figsize=(2, 1), dpi=50)\nplt.plot([1, 2])\n'

    test('of plt.show() and of figures left open, as images that code can use at once', async () => {
      await using rollout = open()
      const shown = await rollout.say(`${draw}plt.show()`)
      expect(shown).toMatch(/^\[Image 0, image_1 in Python\]<100x50 \w+>$/)
      const hash = shown.slice(-13, -1)
      expect(await rollout.say(`${draw}3`)).toBe(`3\n[Image 1, image_2 in Python]<100x50 ${hash}>`)
      expect(await rollout.say('plt.get_fignums(), image_1.size, image_2.mode, len(_pil_images)')).toBe(
        "([], (100, 50), 'RGBA', 2)",
      )
    })

    test('each figure once, in order, also where a cell fails afterwards', async () => {
      await using rollout = open()
      const shown = await rollout.say(`${draw}plt.show()\nplt.figure(figsize=(1, 1), dpi=20)\n1/0`)
      expect(shown).toMatch(/^exception: .*ZeroDivisionError: division by zero\n/s)
      expect([...shown.matchAll(/<(\d+x\d+)/g)].map(([, size]) => size)).toEqual(['100x50', '20x20'])
      // What the model saw, it can refer to.
      expect(await rollout.say('len(_pil_images)')).toBe('2')
    })

    test('a figure as the last expression is shown once', async () => {
      await using rollout = open()
      expect(await rollout.say(`${draw}plt.gcf()`)).toMatch(/^\[Image 0, image_1 in Python\]<100x50 \w+>$/)
    })

    test.each([
      ['as the last expression', 'im'],
      ['by display()', 'display(im)'],
      ['by its method show()', 'im.show()'],
    ])('of Pillow, %s', async (_, show) => {
      await using rollout = open()
      const code = `from PIL import Image\nim = Image.new("RGB", (5, 4), "red")\n${show}`
      expect(await rollout.say(code)).toMatch(/^\[Image 0, image_1 in Python\]<5x4 \w+>$/)
    })

    test.each(['1', 'L', 'LA', 'P', 'RGB', 'RGBA', 'CMYK', 'I', 'I;16', 'F', 'HSV', 'LAB', 'YCbCr'])(
      'of Pillow in mode %s',
      async (mode) => {
        await using rollout = open()
        const code = `from PIL import Image\nImage.new(${JSON.stringify(mode)}, (5, 4))`
        expect(await rollout.say(code)).toMatch(/^\[Image 0, image_1 in Python\]<5x4 \w+>$/)
      },
    )

    test('no more than ten, and a line that says so', async () => {
      await using rollout = open()
      const code = 'from PIL import Image\nfor n in range(13): display(Image.new("L", (n + 1, 1)))'
      const shown = await rollout.say(code)
      expect(shown).toContain('[Only the first 10 pictures are shown; 3 more are not.]')
      expect([...shown.matchAll(/<\d+x1/g)]).toHaveLength(10)
    })

    test('one that is too large is an error of the code', async () => {
      await using rollout = open()
      const figure = 'import matplotlib.pyplot as plt\nplt.figure(figsize=(1000, 1000), dpi=100)\nplt.show()'
      expect(await rollout.say(figure)).toContain('is too large to be shown')
      expect(await rollout.say('from PIL import Image\nImage.new("1", (20000, 20000))')).toContain('cannot be shown')
    })
  })

  describe('the images of the rollout', () => {
    const red = exampleImage({ width: 6, height: 5 })
    const blue = exampleImage({ width: 3, height: 9, color: [0, 0, 255] })

    test('are there as a list, by name and as files', async () => {
      await using rollout = open({ images: [red, blue] })
      expect(await rollout.say('[i.size for i in _pil_images], image_1.size, image_2.getpixel((0, 0))')).toBe(
        '([(6, 5), (3, 9)], (6, 5), (0, 0, 255))',
      )
      expect(await rollout.say('_pil_images[0] is image_1, image_1.format')).toBe("(True, 'PNG')")
      expect(await rollout.say('from PIL import Image\n[Image.open(p).size for p in _images], _images')).toBe(
        "([(6, 5), (3, 9)], ['/tmp/image_1.png', '/tmp/image_2.png'])",
      )
      expect(await rollout.say('import hashlib\nhashlib.sha256(open(_images[0], "rb").read()).hexdigest()')).toContain(
        red.hash.replace(/^sha256[:-]/, ''),
      )
    })

    test('without any, the lists are empty', async () => {
      await using rollout = open()
      expect(await rollout.say('_pil_images, _images, "image_1" in globals()')).toBe('([], [], False)')
    })

    test('one that another tool adds is there at the next call', async () => {
      const draw = defineTool({
        name: 'draw',
        description: 'Draws.',
        input: z.object({ size: z.string() }),
        run: ({ size }, { images }) => {
          const width = Number(size)
          const bytes = new Uint8Array(makePng({ width, height: 2 }))
          return { content: [{ type: 'image', image: images.add({ bytes, mime: 'image/png', width, height: 2 }) }] }
        },
      })
      await using rollout = openRollout([tool, draw], { images: [red] })
      expect(await rollout.say('len(_pil_images)')).toBe('1')
      await rollout.callOther('draw', { size: '11' })
      expect(await rollout.say('len(_pil_images), image_2.size')).toBe('(2, (11, 2))')
      await rollout.callOther('draw', { size: '12' })
      await rollout.callOther('draw', { size: '13' })
      expect(await rollout.say('[i.size[0] for i in _pil_images], _images[-1]')).toBe(
        "([6, 11, 12, 13], '/tmp/image_4.png')",
      )
    })

    test('are there again after a cell overwrote them', async () => {
      await using rollout = open({ images: [red] })
      await rollout.say(
        '_pil_images = None; _images = 5; import os; os.unlink("/tmp/image_1.png"); os.mkdir("/tmp/image_2.png")',
      )
      const shown = await rollout.say('from PIL import Image\nImage.new("L", (2, 2))')
      expect(shown).toContain('[Image 1, image_2 in Python]')
      expect(await rollout.say('[i.size for i in _pil_images], image_2.size')).toBe('([(6, 5), (2, 2)], (2, 2))')
    })

    test('are there as images even where the disk has no room for them as files', async () => {
      await using rollout = open()
      await rollout.say(
        'try:\n    for n in range(9): open(f"/tmp/{n}", "wb").write(bytes(60 << 20))\nexcept OSError: pass',
      )
      await rollout.say('from PIL import Image\nImage.effect_noise((300, 300), 50)')
      expect(await rollout.say('image_1.size')).toBe('(300, 300)')
    })

    test('one that is no picture is None, and the others are well', async () => {
      const broken = { ...red, bytes: new Uint8Array([1, 2, 3]) }
      await using rollout = open({ images: [broken, blue] })
      expect(await rollout.say('_pil_images[0], image_2.size')).toBe('(None, (3, 9))')
    })
  })
})
