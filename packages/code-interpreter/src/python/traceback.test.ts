import { afterAll, expect, test } from 'vitest'
import { python } from '../python.ts'
import { openRollout } from './__fixtures__/rollout.ts'
import { withPython } from './__fixtures__/with-python.ts'

const tool = python({ unsafe: true })
afterAll(() => tool[Symbol.asyncDispose]())

/** The error message of a cell, which is its traceback. */
async function traceback(...cells: readonly string[]): Promise<string> {
  await using rollout = openRollout([tool])
  for (const cell of cells.slice(0, -1)) await rollout.call(cell)
  const { error } = await rollout.call(cells.at(-1) ?? '')
  expect(error?.code).toBe('exception')
  return error?.message ?? ''
}

withPython('a traceback', () => {
  test('is that of Python, with the lines of the cell', async () => {
    expect(await traceback('def f(x):\n    return 1 / x\n\nf(0)')).toMatch(
      /^Traceback \(most recent call last\):\n {2}File "<cell 1>", line 4, in <module>\n {4}f\(0\)\n(.*\n)? {2}File "<cell 1>", line 2, in f\n {4}return 1 \/ x\n(.*\n)?ZeroDivisionError: division by zero$/,
    )
  })

  test('goes through the cells that an error came through', async () => {
    const shown = await traceback('def f(): raise KeyError("gone")', 'f()')
    expect(shown).toContain('File "<cell 2>", line 1, in <module>')
    expect(shown).toContain('File "<cell 1>", line 1, in f')
    expect(shown).toMatch(/KeyError: 'gone'$/)
  })

  test.each([
    ['inside numpy', 'import numpy as np\nnp.zeros(3) @ np.zeros(4)', /ValueError: matmul/],
    ['inside a compiled part of numpy', 'import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))', /LinAlgError: Singular/],
    ['inside the standard library', 'import json\njson.loads("{")', /JSONDecodeError: Expecting property/],
    ['inside matplotlib', 'import matplotlib.pyplot as plt\nplt.plot([1], [1, 2])', /ValueError: x and y/],
    ['inside sympy', 'import sympy\nsympy.sympify("1 +")', /SympifyError/],
    ['while a figure left open is drawn', 'import matplotlib.pyplot as plt\nplt.title("$\\\\frac$")', /ValueError/],
    ['in a missing module', 'import no_such_module', /ModuleNotFoundError: No module named 'no_such_module'$/],
    [
      'in a warning made an error',
      'import warnings\nwarnings.simplefilter("error")\nwarnings.warn("w")',
      /UserWarning: w$/,
    ],
    ['of the syntax', 'x = (\n', /SyntaxError: '\(' was never closed$/],
    ['of the indentation', 'if 1:\nx', /IndentationError: expected an indented block/],
    ['of a null character', 'x = "\0"', /source code (string )?cannot contain null bytes/],
    ['of a line that is not UTF-8', '"\\ud800".encode()', /UnicodeEncodeError/],
    ['by sys.exit', 'import sys\nsys.exit(3)', /SystemExit: 3$/],
    ['by KeyboardInterrupt', 'raise KeyboardInterrupt', /KeyboardInterrupt$/],
    ['by GeneratorExit', 'raise GeneratorExit', /GeneratorExit$/],
    ['by recursion', 'def f(): f()\nf()', /RecursionError: maximum recursion depth exceeded/],
    ['by recursion in repr', 'l = []\nclass A:\n    def __repr__(self): return repr(self)\nA()', /RecursionError/],
    ['by memory', 'bytearray(1 << 60)', /MemoryError$/],
    [
      'by a deep expression',
      '(' + '('.repeat(500) + ')'.repeat(501),
      /too many nested parentheses|SyntaxError|MemoryError/,
    ],
  ])('shows no path of the machine: %s', async (_, code, end) => {
    const shown = await traceback(code)
    expect(shown).toMatch(end)
    for (const [, file] of shown.matchAll(/File "([^"]*)"/g)) expect(file).toMatch(/^<(cell \d+|string|unknown)>$/)
    expect(shown).not.toMatch(/site-packages|lib\/python|interleave|\/tmp\/devenv/)
    expect(shown.length).toBeLessThan(20_000)
  })

  test('has the errors that caused it, each with its lines', async () => {
    const code =
      'try:\n    import json\n    json.loads("")\nexcept ValueError as e:\n    raise RuntimeError("b") from e'
    const shown = await traceback(code)
    expect(shown).toContain('The above exception was the direct cause of the following exception:')
    expect([...shown.matchAll(/File "(.*?)"/g)].map(([, file]) => file)).toEqual(['<cell 1>', '<cell 1>'])
    expect(await traceback('try: 1/0\nexcept ZeroDivisionError: [][0]')).toContain(
      'During handling of the above exception',
    )
  })

  test('has the errors of a group, trimmed too', async () => {
    const code = [
      'import json',
      'errors = []',
      'for text in ("", "{"):',
      '    try: json.loads(text)',
      '    except ValueError as e: errors.append(e)',
      'raise ExceptionGroup("several", errors)',
    ]
    const shown = await traceback(code.join('\n'))
    expect(shown).toContain('ExceptionGroup: several (2 sub-exceptions)')
    expect(shown).toContain('Expecting value')
    expect(shown).not.toContain('decoder.py')
    expect(new Set([...shown.matchAll(/File "(.*?)"/g)].map(([, file]) => file))).toEqual(new Set(['<cell 1>']))
  })

  test.each([
    ['__str__ that fails', 'class E(Exception):\n    def __str__(self): raise ValueError\nraise E', /E/],
    ['__str__ that exits', 'class E(Exception):\n    def __str__(self): import os; raise SystemExit\nraise E', /E/],
    ['__str__ that is no text', 'class E(Exception):\n    def __str__(self): return 5\nraise E', /E/],
    ['a __cause__ that is itself', 'e = ValueError("v")\ne.__cause__ = e\nraise e', /ValueError: v$/],
    ['a name that is no text', 'class M(type):\n    __name__ = 5\nclass E(Exception, metaclass=M): pass\nraise E', /./],
    ['very long', 'raise ValueError("v" * 1_000_000)', /characters left out/],
    [
      'very many causes',
      'e = None\nfor i in range(500):\n    n = ValueError(i); n.__cause__ = e; e = n\nraise e',
      /ValueError/,
    ],
    ['a lone surrogate', 'raise ValueError("\\ud800")', /ValueError/],
  ])('is given whatever the exception does: %s', async (_, code, shown) => {
    await using rollout = openRollout([tool])
    const { error } = await rollout.call(code)
    expect(error?.code).toBe('exception')
    expect(error?.message).toMatch(shown)
    expect(error?.message.isWellFormed()).toBe(true)
    expect(await rollout.say('1')).toBe('1')
  })

  test('does not keep a cell from what it left: variables stay, and so does output', async () => {
    await using rollout = openRollout([tool])
    expect(await rollout.say('x = 1\nprint("before")\n1/0')).toMatch(/division by zero\n.*before/s)
    expect(await rollout.say('x')).toBe('1')
  })
})
