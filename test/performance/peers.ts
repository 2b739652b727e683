import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'

export interface PeerFigure {
  readonly peer: string
  readonly inFlight: number
  readonly rolloutsPerSecond: number
}

/** Another project, with the exact packages that it is measured with. */
export interface Peer {
  readonly name: string
  readonly folder: string
  readonly packages: readonly string[]
  readonly overrides?: readonly string[]
  /** The program that measures it, in the folder `peers`. */
  readonly script: string
}

const peers: readonly Peer[] = [
  {
    name: 'tinker-cookbook 0.6.1',
    folder: 'cookbook',
    packages: ['tinker==0.38.0', 'tinker-cookbook==0.6.1'],
    // The cookbook pins a release of this one that is not published.
    overrides: ['tml-renderers==0.2.1'],
    script: 'cookbook_rollouts.py',
  },
  {
    name: 'verl 0.9.1',
    folder: 'verl',
    packages: ['verl==0.9.1', 'cachetools==6.2.1', 'uvicorn==0.38.0', 'fastapi==0.121.1', 'aiohttp==3.13.2'],
    script: 'verl_rollouts.py',
  },
]

const here = import.meta.dirname
const home = path.join(here, '..', '..', 'node_modules', '.cache', 'performance-peers')

/** Installs what is missing (verl brings torch: some 5 GB) and measures each peer with so many rollouts in flight. */
export async function measurePeers(
  names: readonly string[],
  inFlight: readonly number[],
  log: (line: string) => void,
): Promise<PeerFigure[]> {
  const figures: PeerFigure[] = []
  for (const peer of peers.filter(({ folder }) => names.includes(folder))) {
    const python = await peerPython(peer, log)
    const { stdout } = await execa(python, [path.join(here, 'peers', peer.script), ...inFlight.map(String)])
    for (const line of stdout.split('\n').filter((text) => text.startsWith('{"in_flight"'))) {
      const row = JSON.parse(line) as { in_flight: number; rollouts_per_second: number }
      figures.push({ peer: peer.name, inFlight: row.in_flight, rolloutsPerSecond: row.rollouts_per_second })
    }
  }
  return figures
}

/** The interpreter of a peer's own environment, which is made where it is missing. */
export async function peerPython(peer: Peer, log: (line: string) => void): Promise<string> {
  const python = path.join(home, peer.folder, 'bin', 'python')
  if ((await execa(python, ['--version'], { reject: false })).failed) await install(peer, log)
  return python
}

async function install(peer: Peer, log: (line: string) => void): Promise<void> {
  const { overrides: pins = [] } = peer
  log(`installing ${peer.name}`)
  const folder = path.join(home, peer.folder)
  await mkdir(home, { recursive: true })
  await execa('python3', ['-m', 'venv', folder])
  const python = path.join(folder, 'bin', 'python')
  await execa(python, ['-m', 'pip', 'install', '--quiet', 'uv==0.13.9'])
  const overrides = pins.length === 0 ? [] : ['--override', '-']
  await execa(python, ['-m', 'uv', 'pip', 'install', '--quiet', '--python', python, ...overrides, ...peer.packages], {
    input: pins.join('\n'),
  })
}
