import path from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'
import { peerPython, type Peer } from '../peers.ts'

export interface PeerCallsFigure {
  readonly peer: string
  /** What a call costs in a process. */
  readonly how: string
  readonly callsPerSecond: number
}

const peers: readonly (Peer & { readonly how: string })[] = [
  {
    name: 'skyrl-gym 0.4.0',
    how: 'a process a call, no isolation',
    folder: 'skyrl-gym',
    packages: ['skyrl-gym==0.4.0'],
    script: 'skyrl_gym_python.py',
  },
  {
    name: 'smolagents 1.26.0',
    how: 'own interpreter in process, no isolation',
    folder: 'smolagents',
    packages: ['smolagents==1.26.0'],
    script: 'smolagents_python.py',
  },
  {
    name: 'inspect-ai 0.3.285, local',
    how: 'a process a call, no isolation',
    folder: 'inspect-ai',
    packages: ['inspect-ai==0.3.285'],
    script: 'inspect_ai_python.py',
  },
]

const scripts = path.join(import.meta.dirname, '..', 'peers')
const rateSchema = z.object({ calls_per_second: z.number() })

/** How many tiny calls other Python tools make in a second, one after the other, and a plain process of `python` for each. */
export async function measurePeerCalls(
  python: string,
  seconds: number,
  log: (line: string) => void,
): Promise<PeerCallsFigure[]> {
  const figures: PeerCallsFigure[] = []
  for (const { how, ...peer } of peers) {
    const command = await peerPython(peer, log)
    figures.push({ peer: peer.name, how, callsPerSecond: await rate(command, peer.script, seconds) })
  }
  const plain = await rate(python, 'plain_python.py', seconds)
  return [...figures, { peer: 'python -I -c', how: 'a process a call, no isolation', callsPerSecond: plain }]
}

async function rate(command: string, script: string, seconds: number): Promise<number> {
  const folder = path.dirname(command)
  // The peer's own interpreter comes first, and no profile of this user's shell slows a login shell down.
  const env = { PATH: `${folder}:/usr/local/bin:/usr/bin:/bin`, HOME: path.dirname(folder) }
  const { stdout } = await execa(command, [path.join(scripts, script), String(seconds)], { env })
  const line = stdout.split('\n').find((text) => text.startsWith('{"calls_per_second"'))
  return rateSchema.parse(JSON.parse(line ?? 'null')).calls_per_second
}
