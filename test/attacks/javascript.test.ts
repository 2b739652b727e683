import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import {
  isolationTiers,
  javascript,
  probeIsolation,
  type InterpreterTool,
  type IsolationTier,
} from '@interleave/code-interpreter'
import { createToolRunner, type ToolSession } from '@interleave/tool'
import { textOf } from '@interleave/trajectory'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { tier: strongest } = await probeIsolation()
const offered = new Set<IsolationTier>(isolationTiers.slice(isolationTiers.indexOf(strongest)))

/** What an attack must come to: an error observation of one of these codes, or a harmless text. */
const attacks: readonly (readonly [name: string, code: string, end: RegExp])[] = [
  ['an endless loop', 'for (;;) {}', /^time_limit$/],
  [
    'an endless chain of microtasks',
    'const f = () => Promise.resolve().then(f); await f(); for (;;) await null',
    /^(time_limit|exception|interpreter_died)$/,
  ],
  ['a regular expression without end', '/^(a+)+$/.test("a".repeat(40) + "b")', /^time_limit$/],
  ['recursion without end', 'const f = () => f() + 1; f()', /^exception$/],
  [
    'an array that fills the memory',
    'const all = []; for (;;) all.push(new Array(1e6).fill(1.5))',
    /^(interpreter_died|exception|time_limit)$/,
  ],
  [
    'buffers that fill the memory',
    'const all = []; for (;;) all.push(new ArrayBuffer(1e8))',
    /^(interpreter_died|exception|time_limit)$/,
  ],
  ['a million lines', 'for (let i = 0; i < 1e6; i += 1) console.log("line", i)', /^ok: line 0\n/],
  ['the process', 'typeof process', /^ok: 'undefined'$/],
  ['modules', 'typeof require + typeof module', /^ok: 'undefinedundefined'$/],
  ['an import', 'await import("node:fs")', /^exception$/],
  ['the function constructor', 'this.constructor.constructor("return typeof process")()', /^ok: 'undefined'$/],
  ['the network', 'typeof fetch + typeof XMLHttpRequest + typeof WebSocket', /^ok: 'undefinedundefinedundefined'$/],
  [
    'shared memory and WebAssembly',
    'typeof WebAssembly + typeof SharedArrayBuffer + typeof Atomics',
    /^ok: 'undefinedundefinedundefined'$/,
  ],
  [
    'a polluted prototype',
    'Object.prototype.nonce = "x"; Object.prototype.blobs = [1]; Array.prototype.push = () => {}; 1',
    /^ok: 1$/,
  ],
]

describe.each(isolationTiers)('JavaScript at tier %s', (tier) => {
  const missing = !offered.has(tier)
  let tool: InterpreterTool
  let bystander: ToolSession
  const open = (): ToolSession =>
    createToolRunner({ tools: [tool] }).open({ id: 'r', seed: 1, signal: new AbortController().signal })

  beforeAll(() => {
    tool = javascript({ isolation: tier, timeoutSeconds: 2 })
    bystander = open()
  })
  afterAll(async () => {
    await bystander[Symbol.asyncDispose]()
    await tool[Symbol.asyncDispose]()
  })

  async function say(session: ToolSession, code: string): Promise<string> {
    const { outcome } = await session.call({ id: 'c', tool: 'javascript', raw: '', input: { code } })
    return outcome.error?.code ?? `ok: ${textOf(outcome.content)}`
  }

  test.skipIf(missing)('the bystander begins', async () => {
    expect(await say(bystander, 'let kept = 41; kept')).toBe('ok: 41')
  })

  test.skipIf(missing).each(attacks)('%s', async (_name, code, end) => {
    await using session = open()
    expect(await say(session, 'let x = 1; x')).toBe('ok: 1')
    expect(await say(session, code)).toMatch(end)
    // Of a polluted prototype the session itself has the trouble, and nobody else.
    expect(await say(session, 'x')).toMatch(/ok: ([^]*\n)?1$/)
    expect(await say(bystander, 'kept')).toMatch(/ok: ([^]*\n)?41$/)
  })

  test.skipIf(missing)('the process around the isolates is where the tier says', async () => {
    expect(await say(bystander, 'kept')).toMatch(/41$/)
    const child = isolateProcess()
    const status = readFileSync(`/proc/${child}/status`, 'utf8')
    expect(readFileSync(`/proc/${child}/environ`, 'utf8')).not.toContain('PATH=')
    expect(seenFrom(child, tier)).toEqual({
      namespaces: tier === 'T3' || tier === 'T2',
      filtered: tier !== 'T0',
      powerless: tier !== 'T0',
    })
    expect(status).toMatch(/^Name:\t/)
  })
})

/** The newest process that runs isolates, below this one. */
function isolateProcess(): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const found = pids.filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return words[1] === '--no-node-snapshot' && isBelow(Number(pid), process.pid)
    } catch {
      return false
    }
  })
  return Math.max(...found.map(Number))
}

function isBelow(pid: number, ancestor: number): boolean {
  for (let at = pid; at > 1; at = Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${at}/status`, 'utf8'))?.[1]))
    if (at === ancestor) return true
  return false
}

function seenFrom(pid: number, tier: IsolationTier): Record<'namespaces' | 'filtered' | 'powerless', boolean> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const apart = ['user', 'mnt', 'pid', 'net', 'ipc', 'uts'].filter(
    (kind) => readlinkSync(`/proc/${pid}/ns/${kind}`) !== readlinkSync(`/proc/self/ns/${kind}`),
  )
  if (tier === 'T2' || tier === 'T3') expect(readdirSync(`/proc/${pid}/root`)).not.toContain('etc')
  return {
    namespaces: apart.length === 6,
    filtered: /^Seccomp:\t2$/m.test(status),
    powerless: /^CapEff:\t0+$/m.test(status),
  }
}
