import { availableParallelism, cpus, loadavg, release } from 'node:os'
import { probeIsolation, type IsolationTier } from '@interleave/code-interpreter'
import { findPython } from '@interleave/code-interpreter/environment'
import { startBareLibrary } from './bare-library.ts'
import { full, quick } from './effort.ts'
import { measureFigures } from './figures.ts'
import { measureForks } from './forks.ts'
import { javascriptLanguage, pythonLanguage } from './language.ts'
import { measureLiveMemory } from './live-memory.ts'
import { measureNewSessions } from './new-sessions.ts'
import { measurePeerCalls } from './peers.ts'
import { milliseconds as ms, print, row, section } from './table.ts'
import { measureTinyCalls } from './tiny-calls.ts'

// npm run performance:interpreter [-- --quick]: the code interpreter, and its peers in the same run.
const effort = process.argv.includes('--quick') ? quick : full
const begun = performance.now()
const found = await findPython()
if ('problem' in found) throw new Error(found.problem)
const { refused, tier: strongest } = await probeIsolation()
const tiers: IsolationTier[] = strongest === 'T3' ? ['T3', 'T2'] : [strongest]
await using bare = await startBareLibrary(found.command)

const versions = Object.entries({ 'Node.js': process.versions.node, ...bare.versions })
print(`${new Date().toISOString().slice(0, 10)}, ${versions.map((pair) => pair.join(' ')).join(', ')}`)
print(
  `${availableParallelism()} x ${cpus()[0]?.model}, ${process.platform} ${release()}, load ${loadavg()[0]?.toFixed(1)}`,
)
print(
  `isolation ${strongest}${Object.entries(refused)
    .map(([tier, reason]) => `; no ${tier}: ${reason}`)
    .join('')}`,
)
print('All calls go through the tool runner, as those of a rollout do: arguments checked, history and images kept.')
if (effort === quick) print('A quick run: the program works, its figures say little.')

section('tiny call, live session', 'tier', 'at once', 'calls/s', 'p50 ms', 'p99 ms')
const rates = new Map<string, number>()
for (const language of [pythonLanguage, javascriptLanguage])
  for (const tier of tiers)
    for (const atOnce of [1, 8, 64]) {
      const { callsPerSecond, p50, p99 } = await measureTinyCalls(language, tier, atOnce, effort.seconds)
      rates.set(`${language.name} ${tier} ${atOnce}`, callsPerSecond)
      row(language.name, tier, atOnce, Math.round(callsPerSecond), ms(p50), ms(p99))
    }

section('call that draws a figure', 'tier', 'calls', 'p50 ms', 'bare p50 ms', 'ratio')
for (const tier of tiers) {
  const { bare: without, call, calls } = await measureFigures(bare, tier, effort.figureRounds)
  row('python', tier, calls, ms(call.p50), ms(without.p50), (call.p50 / without.p50).toFixed(3))
}

section('new session, first answer', 'tier', 'at once', 'sessions/s', 'p50 ms', 'p99 ms')
for (const language of [pythonLanguage, javascriptLanguage])
  for (const tier of tiers)
    for (const atOnce of [1, 8]) {
      const figure = await measureNewSessions(language, tier, atOnce, effort.newSessions)
      if (atOnce === 1) rates.set(`${language.name} ${tier} new`, figure.sessionsPerSecond)
      row(language.name, tier, atOnce, Math.round(figure.sessionsPerSecond), ms(figure.p50), ms(figure.p99))
    }

section('fork, 48 MB and a figure', 'tier', 'forks', '', 'p50 ms', 'p99 ms')
for (const tier of tiers) {
  const { firstCall, fork, forks } = await measureForks(tier, effort.forkSources, effort.forks)
  row('branch there', tier, forks, '', ms(fork.p50), ms(fork.p99))
  row('first call in it', tier, forks, '', ms(firstCall.p50), ms(firstCall.p99))
}

section('memory of live sessions', 'tier', 'sessions', 'processes', 'GB', 'MB a session')
const memory = await measureLiveMemory(strongest, effort.liveSessions)
const perSession = (memory.bytes - memory.firstBytes) / (memory.sessions - 1) / 1e6
row('python', strongest, memory.sessions, memory.processes, (memory.bytes / 1e9).toFixed(2), perSession.toFixed(2))

const peers = await measurePeerCalls(found.command, effort.peerSeconds, print)
section('peer, print(1+1)', 'calls/s', 'ours live is', 'ours new is', '', 'how it runs a call')
const live = rates.get(`python ${strongest} 1`) ?? Number.NaN
const fresh = rates.get(`python ${strongest} new`) ?? Number.NaN
for (const { callsPerSecond, how, peer } of peers)
  row(
    peer,
    callsPerSecond.toFixed(1),
    `${(live / callsPerSecond).toFixed(1)} x`,
    `${(fresh / callsPerSecond).toFixed(1)} x`,
    '',
    how,
  )
print(
  '"live": one session for all calls; "new": a session opened and closed for each, which is what a process a call gives.',
)
print('')
print(`${Math.round((performance.now() - begun) / 1000)} s`)
