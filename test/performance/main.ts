import { cpus } from 'node:os'
import { measureEngine } from './engine.ts'
import { measureMemory } from './memory.ts'
import { measurePeers } from './peers.ts'
import { scenarios } from './scenario.ts'

// npm run performance [-- cookbook verl]: the engine alone, or with those peers measured in the same run.
const peers = process.argv.slice(2)
const print = (line: string): void => void process.stdout.write(`${line}\n`)
const row = (...cells: (string | number)[]): string =>
  cells.map((cell, index) => (index === 0 ? String(cell).padEnd(28) : String(cell).padStart(14))).join('')

print(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}`)
print('')
print(row('three-turn rollouts', 'in flight', 'rollouts/s', 'us/turn', 'bytes/rollout'))
const rates = new Map<number, number>()
for (const scenario of scenarios)
  for (const inFlight of [1, 64, 512, 10_000]) {
    const count = scenario.image ? 2_000 : Math.max(5_000, inFlight)
    const figure = await measureEngine(scenario, inFlight, scenario.image ? Math.min(count, 2_000) : count)
    if (scenario === scenarios[0]) rates.set(inFlight, figure.rolloutsPerSecond)
    print(
      row(
        scenario.name,
        inFlight,
        Math.round(figure.rolloutsPerSecond),
        figure.microsecondsPerTurn.toFixed(1),
        Math.round(figure.bytesPerRollout),
      ),
    )
  }

print('')
print(row('memory over a long run', 'rollouts', 'MB live'))
for (const { megabytes, rollouts } of await measureMemory(100_000)) print(row('', rollouts, megabytes.toFixed(1)))

if (peers.length > 0) {
  print('')
  print(row('peer, same machine and run', 'in flight', 'rollouts/s', 'ours is'))
  for (const { inFlight, peer, rolloutsPerSecond } of await measurePeers(peers, [1, 64, 512], print))
    print(
      row(
        peer,
        inFlight,
        Math.round(rolloutsPerSecond),
        `${((rates.get(inFlight) ?? 0) / rolloutsPerSecond).toFixed(1)} x`,
      ),
    )
}
