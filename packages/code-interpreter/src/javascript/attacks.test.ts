import { afterAll, describe, expect, it } from 'vitest'
import type { CellEnd } from '../interpreter/interpreter-session.ts'
import { replyOf, runCell, valueOf } from './__fixtures__/cells.ts'
import { poolLimits } from './child-pool.ts'
import { openBackend } from './javascript-backend.ts'

// One child, so that whoever is watched is on the same as who attacks.
const backend = openBackend({}, { ...poolLimits, spread: 1 })
afterAll(() => backend[Symbol.asyncDispose]())

// What ends of itself is given time, so that a busy machine does not end it.
const shortMs = 400
const longMs = 20_000
type Ends = CellEnd['kind']

/** Runs hostile code beside another session: the other keeps its state or is displaced, and the next call is right. */
async function attack(code: string, timeoutMs: number): Promise<CellEnd> {
  await using other = await backend.open()
  await using attacker = await backend.open()
  await replyOf(other, 'let kept = { n: 41 }')
  const end = await runCell(attacker, code, { timeoutMs })
  const after = await runCell(other, 'kept.n + 1')
  if (after.kind !== 'displaced') expect(after).toMatchObject({ kind: 'replied', reply: { value: '42' } })
  // Its own isolate is the only thing that an attack within the rules may cost.
  if (end.kind === 'replied') expect(after.kind).toBe('replied')
  await using next = end.kind === 'replied' ? { [Symbol.asyncDispose]: async () => {} } : await backend.open()
  const live = 'run' in next ? next : attacker
  expect(await valueOf(live, '20 + 1')).toBe('21')
  return end
}

const cases: Record<string, [code: string, ends: readonly Ends[]]> = {
  'an endless loop': ['for (;;);', ['time_limit']],
  'a loop that catches and tries again': ['for (;;) try { for (;;); } catch {} finally { for (;;); }', ['time_limit']],
  'a microtask loop': ['const again = async () => { for (;;) await null }; await again()', ['time_limit']],
  'microtasks that wait behind a loop': ['Promise.resolve().then(() => { for (;;); }); for (;;);', ['time_limit']],
  'promises that grow without end': ['const p = () => Promise.resolve().then(p); p()', ['crashed', 'time_limit']],
  'a regular expression that backtracks': ['/(a+)+$/.test("a".repeat(40) + "b")', ['time_limit']],
  'powers of an integer': ['let b = 3n; for (;;) b *= b', ['time_limit', 'replied', 'crashed']],
  'one huge power': ['(7n ** (10n ** 8n)).toString().length', ['time_limit', 'replied', 'crashed']],
  'a huge array, filled': ['Array(1e9).fill(0)', ['time_limit', 'crashed']],
  'an array that grows': ['const a = []; for (;;) a.push({ n: a.length })', ['crashed', 'time_limit']],
  'a spread that doubles': ['let a = [1]; for (;;) a = [...a, ...a]', ['crashed', 'time_limit']],
  'a map that grows': ['const m = new Map(); for (let i = 0; ; i++) m.set(i, i)', ['crashed', 'time_limit', 'replied']],
  'a sort of ten million': [
    'Array.from({ length: 1e7 }, (_, i) => -i).sort((a, b) => a - b)',
    ['crashed', 'time_limit'],
  ],
  'a text that doubles': ['let s = "x"; for (;;) s += s', ['replied']],
  'buffers that grow': ['const a = []; for (;;) a.push(new ArrayBuffer(1e6))', ['replied', 'crashed']],
  'a buffer that is resized': ['new ArrayBuffer(8, { maxByteLength: 2 ** 40 }).resize(2 ** 39)', ['replied']],
  'a typed array of 4 GB': ['new Float64Array(5e8)', ['replied']],
  'WebAssembly memory': ['new WebAssembly.Memory({ initial: 16384 })', ['replied']],
  'endless recursion': ['function f() { f() }; f()', ['replied']],
  'a getter that loops in the stack of an error': [
    'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for (;;); } }); throw e',
    ['time_limit'],
  ],
  'a preparation of stacks that loops': [
    'Error.prepareStackTrace = () => { for (;;); }; throw new Error("x")',
    ['time_limit'],
  ],
  'a proxy that throws at everything': [
    'new Proxy({}, new Proxy({}, { get() { return () => { throw new Error("trap") } } }))',
    ['replied'],
  ],
  'a proxy that loops when it is shown': ['new Proxy({}, { ownKeys() { for (;;); } })', ['time_limit']],
  'a proxy with ever new prototypes': [
    'const deep = () => new Proxy({}, { getPrototypeOf: deep }); deep()',
    ['replied', 'time_limit'],
  ],
  'a proxy thrown': ['throw new Proxy(new Error("x"), { get() { throw 1 } })', ['replied']],
  'a huge text as the value': ['"x".repeat(5e8)', ['replied', 'time_limit', 'crashed']],
  'a huge message': ['throw new Error("x".repeat(1e7))', ['replied']],
  'unhandled rejections by the ten thousand': [
    'for (let i = 0; i < 1e4; i++) Promise.reject(new Error("r" + i))',
    ['replied'],
  ],
  'a statement for the debugger': ['debugger; 1', ['replied']],
  'brackets by the hundred thousand': ['eval("[".repeat(1e5))', ['replied']],
  'a JSON flood': ['JSON.parse("[".repeat(1e6))', ['replied']],
}

describe.each(Object.entries(cases))('%s', (_, [code, ends]) => {
  it('is contained', async () => {
    const end = await attack(code, ends.includes('time_limit') ? shortMs : longMs)
    expect(ends).toContain(end.kind)
  })
})

it('ends a promise that nothing settles at once', async () => {
  await using session = await backend.open()
  const { output, error } = await replyOf(
    session,
    'console.log("before"); await new Promise(() => {}); console.log("after")',
  )
  expect(output).toBe('before\n')
  expect(error).toContain('nothing can settle')
  expect(await valueOf(session, '1 + 1')).toBe('2')
})

it('bounds a million lines', async () => {
  await using session = await backend.open()
  const { output } = await replyOf(session, 'for (let i = 0; i < 1e6; i++) console.log("line " + i)', {
    timeoutMs: 30_000,
  })
  expect(output.length).toBeLessThan(66_000)
  expect(output).toMatch(/\[Output cut: the first 65536 of 11888890 characters are shown\.\]\n$/)
})

it('still shows what is right after every prototype was spoilt', async () => {
  await using session = await backend.open()
  await replyOf(
    session,
    `const spoil = () => { throw new Error('spoilt') }
     for (const owner of [Array, String, Map, Set, WeakMap, Promise, RegExp, Date, Function, Number])
       for (const key of Reflect.ownKeys(owner.prototype))
         if (key !== 'constructor') try { owner.prototype[key] = spoil } catch {}
     Reflect.ownKeys = JSON.stringify = Array.isArray = Object.is = spoil
     globalThis.String = globalThis.Reflect = undefined
     Object.prototype.get = spoil
     0`,
  )
  const { output, value } = await replyOf(
    session,
    'console.log("%s", 1, [2, "x"]); ({ a: [1], m: new Map(), e: new Date() })',
  )
  expect(output).toBe("1 [ 2, 'x' ]\n")
  expect(value).toContain('a: [ 1 ]')
  expect((await replyOf(session, 'null.x')).error).toMatch(/^TypeError: .*\n {4}at cell:1:6$/)
})

it('leads nowhere from an error, a function or a console to what is outside', async () => {
  await using session = await backend.open()
  const { value } = await replyOf(
    session,
    `const seen = new Set(), found = []
     const look = (value, path) => {
       if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
       seen.add(value)
       for (const key of Reflect.ownKeys(value)) {
         if (/process|require|ivm|Reference|ExternalCopy|interleave/i.test(String(key)) && !/^ReferenceError$/.test(String(key))) found.push(path + String(key))
         let next; try { next = value[key] } catch { continue }
         look(next, path + String(key) + '.')
       }
       look(Object.getPrototypeOf(value), path + '^.')
     }
     look(globalThis, ''); look(console.log, ''); try { null.x } catch (error) { look(error, '') }
     found`,
  )
  expect(value).toBe('[]')
  for (const code of [
    'new Error("x").stack',
    'try { null.x } catch (e) { e.stack }',
    'console.log.constructor("return typeof process")()',
  ])
    expect(await valueOf(session, code)).not.toMatch(/\/|file:|node:|'object'/)
})
