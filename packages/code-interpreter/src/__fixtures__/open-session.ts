// A host of its own: opens a session, says so, and waits to be killed, or with the word `idle` has nothing left to do.
import { python } from '../python.ts'
import { openRollout } from '../python/__fixtures__/rollout.ts'

const rollout = openRollout([python({ unsafe: true })])
await rollout.say('x = 1')
await (await rollout.branch()).say('x')
process.stdout.write('open\n')
if (process.argv[2] !== 'idle') setInterval(() => {}, 1000)
