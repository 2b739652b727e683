import { afterAll, describe, expect, it } from 'vitest'
import { replyOf, runCell, valueOf } from './__fixtures__/cells.ts'
import { javascriptBackend } from './javascript-backend.ts'

const backend = javascriptBackend()
afterAll(() => backend[Symbol.asyncDispose]())

describe('state', () => {
  it('keeps what a cell declares, and lets a later one declare it again', async () => {
    await using session = await backend.open()
    expect(await replyOf(session, 'let a = 1; const b = 2; class C {}; function f() { return a + b }')).toEqual({
      output: '',
      figures: [],
    })
    expect(await valueOf(session, 'f()')).toBe('3')
    expect(await valueOf(session, 'const b = 40; let a = 2; f()')).toBe('42')
    expect(await valueOf(session, 'class C { x = 1 }; new C()')).toBe('C { x: 1 }')
  })

  it('keeps what a cell did before it threw', async () => {
    await using session = await backend.open()
    await replyOf(session, 'let n = 1; n = 2; throw new Error("stop")')
    expect(await valueOf(session, 'n')).toBe('2')
    await replyOf(session, 'const broken = (() => { throw 1 })()')
    expect(await valueOf(session, 'const broken = 5; broken')).toBe('5')
  })

  it('waits at the top, and keeps what was declared there', async () => {
    await using session = await backend.open()
    expect(await valueOf(session, 'const w = await Promise.resolve(20); w + 1')).toBe('21')
    expect(await valueOf(session, 'w * 2')).toBe('40')
  })

  it('is apart from that of another session', async () => {
    await using one = await backend.open()
    await using other = await backend.open()
    await replyOf(one, 'globalThis.mine = 1; Object.prototype.spoilt = true; Math.max = () => 0')
    expect(await valueOf(other, '[typeof mine, {}.spoilt, Math.max(1, 2)]')).toBe("[ 'undefined', undefined, 2 ]")
  })
})

describe('what is shown', () => {
  it('shows the value of the last expression, and none for undefined', async () => {
    await using session = await backend.open()
    expect(await valueOf(session, '1; "it\'s"')).toBe(`"it's"`)
    expect(await valueOf(session, '({ a: [1, { b: null }], c: 10n })')).toBe('{ a: [ 1, { b: null } ], c: 10n }')
    expect(await valueOf(session, 'void 0')).toBeUndefined()
    expect(await valueOf(session, 'let q = 1')).toBeUndefined()
    expect(await valueOf(session, '-0')).toBe('-0')
  })

  it('captures the console in order, as Node writes it', async () => {
    await using session = await backend.open()
    const { output } = await replyOf(
      session,
      'console.log("a", 1, [2]); console.error("%s is %d", "Bob", 42); console.warn({ s: "x" }); console.info(); console.debug("%%", "rest")',
    )
    expect(output).toBe(`a 1 [ 2 ]\nBob is 42\n{ s: 'x' }\n\n% rest\n`)
  })

  it('shows what a promise became, and its failure as an error', async () => {
    await using session = await backend.open()
    expect(await valueOf(session, '(async () => { await null; return { a: 1 } })()')).toBe('Promise { { a: 1 } }')
    const failed = await replyOf(
      session,
      'async function main() {\n  await null\n  throw new TypeError("no")\n}\nmain()',
    )
    expect(failed).toEqual({ output: '', error: 'TypeError: no\n    at main (cell:3:9)', figures: [] })
  })

  it('tells of a failure that nobody awaits', async () => {
    await using session = await backend.open()
    const { output, value } = await replyOf(session, '(async () => { throw new RangeError("lost") })(); 5')
    expect([output, value]).toEqual(['Uncaught (in promise) RangeError: lost\n', '5'])
  })

  it('gives errors with the lines of cells and of nothing else', async () => {
    await using session = await backend.open()
    await replyOf(session, 'function f(n) {\n  throw new TypeError(`bad ${n}`)\n}')
    const { error } = await replyOf(session, '\n[7].map(f)')
    expect(error).toBe('TypeError: bad 7\n    at f (cell:2:9)\n    at cell:2:5')
    expect((await replyOf(session, 'let ok = 1\nlet 1x')).error).toBe(
      'SyntaxError: Invalid or unexpected token\n    at cell:2:5',
    )
    expect((await replyOf(session, 'throw { code: 1 }')).error).toBe('Uncaught { code: 1 }')
    expect((await replyOf(session, 'throw undefined')).error).toBe('Uncaught undefined')
    expect((await replyOf(session, 'await import("fs")')).error).toBe('Error: Not supported\n    at cell:1:1')
  })

  it('says where it cuts', async () => {
    await using session = await backend.open()
    const { output } = await replyOf(session, 'console.log("x".repeat(100_000))')
    expect(output).toMatch(/^x{65536}\n\[Output cut: the first 65536 of 100001 characters are shown\.\]\n$/)
    expect(await valueOf(session, '"y".repeat(10_010)')).toMatch(/^'y{10000}'\.\.\. 10 more characters$/)
    expect(await valueOf(session, 'Array(101).fill(0)')).toMatch(/,\n {2}\.\.\. 1 more item\n\]$/)
  })
})

describe('a world without chance and clock', () => {
  const cells = [
    'const r = Math.random(); [r, Math.random()]',
    '[new Date().toString(), Date.now(), Date(), new Intl.DateTimeFormat("en").format(), typeof performance]',
    'new Date(2020, 1, 29, 12).toLocaleString("en-GB")',
    "[math.random(), math.randomInt(1000), math.evaluate(\"derivative('x^3', 'x')\").toString()]",
    'throw new Error(String(Math.random()))',
  ]

  it('gives the same bytes in another backend for the same seed', async () => {
    await using other = javascriptBackend()
    const replies = await Promise.all(
      [backend, other].map(async (each) => {
        await using session = await each.open()
        const told = []
        for (const [at, code] of cells.entries())
          told.push(await runCell(session, code, at === 0 ? { seed: 2 ** 40 + 7 } : {}))
        return JSON.stringify(told)
      }),
    )
    expect(replies[0]).toBe(replies[1])
    expect(replies[0]).toContain('946684800000')
    expect(replies[0]).toContain('29/02/2020, 12:00:00')
    expect(replies[0]).toContain('3 * x ^ 2')
  })

  it('starts chance anew where a seed is given, also that of mathjs', async () => {
    await using session = await backend.open()
    const draw = '[Math.random(), math.random()]'
    const first = await replyOf(session, draw, { seed: 1 })
    const second = await replyOf(session, draw)
    expect(second.value).not.toBe(first.value)
    expect(await replyOf(session, draw, { seed: 1 })).toEqual(first)
    expect((await replyOf(session, draw, { seed: 2 })).value).not.toBe(first.value)
  })

  it('has an even Math.random in [0, 1)', async () => {
    await using session = await backend.open()
    const value = await valueOf(
      session,
      'const bins = Array(10).fill(0); for (let i = 0; i < 1e5; i++) bins[Math.floor(Math.random() * 10)]++; Math.min(...bins) > 9500 && bins.length === 10',
    )
    expect(value).toBe('true')
  })

  it('lacks what no limit bounds, and whatever belongs to the host', async () => {
    await using session = await backend.open()
    const names =
      'WebAssembly SharedArrayBuffer Atomics WeakRef FinalizationRegistry performance process require interleaveApi'
    for (const name of names.split(' ')) expect(await valueOf(session, `typeof ${name}`), name).toBe("'undefined'")
  })
})

describe('mathjs', () => {
  it('is there for code that mentions it', async () => {
    await using session = await backend.open()
    expect(await valueOf(session, 'math.evaluate("sqrt(-4)")')).toBe('Complex { re: 0, im: 2 }')
    expect(await valueOf(session, 'math.multiply([[1, 2], [3, 4]], [1, 1])')).toBe('[ 3, 7 ]')
  })

  it('is missing, and nothing else, where code broke the prototypes before', async () => {
    await using session = await backend.open()
    await replyOf(session, 'Object.defineProperty = () => { throw new Error("mine") }; let kept = 3')
    expect((await replyOf(session, 'math.pi')).error).toMatch(/^ReferenceError: math/)
    expect(await valueOf(session, 'kept')).toBe('3')
  })
})

describe('calls', () => {
  it('stops at the time limit with what was written by then', async () => {
    await using session = await backend.open()
    const end = await runCell(session, 'console.log("part"); for (;;);', { timeoutMs: 200 })
    expect(end).toEqual({ kind: 'time_limit', output: 'part\n' })
  })

  it('rejects with the reason of its signal, and others go on', async () => {
    await using session = await backend.open()
    await using other = await backend.open()
    await replyOf(other, 'let kept = 1')
    const control = new AbortController()
    const running = runCell(session, 'for (;;);', { signal: control.signal })
    control.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    await expect(runCell(session, '1', { signal: control.signal })).rejects.toThrow('enough')
    expect(await valueOf(other, 'kept')).toBe('1')
  })

  it('refuses two at a time', async () => {
    await using session = await backend.open()
    const first = runCell(session, '1')
    await expect(runCell(session, '2')).rejects.toThrow('under way')
    expect(await first).toMatchObject({ kind: 'replied' })
  })

  it('runs sessions side by side', async () => {
    const sessions = await Promise.all(Array.from({ length: 12 }, () => backend.open()))
    const values = await Promise.all(
      sessions.map(async (session, at) => {
        await replyOf(session, `let mine = ${at}`)
        return valueOf(session, 'mine * 2')
      }),
    )
    expect(values).toEqual(sessions.map((_, at) => String(at * 2)))
    await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()))
  })
})
