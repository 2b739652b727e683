// A run of a few steps in a folder, to be killed: node run-child.ts FOLDER. Writes a line for each rollout it asks for.
import { writeSync } from 'node:fs'
import { createBudget } from '../budget.ts'
import { openRunFolder } from '../open-run-folder.ts'
import { sampleStep } from '../sample-step.ts'
import { fakeSource, fakeTask } from './fake-source.ts'

const source = fakeSource({ delayMs: 12, voids: 0.05, onCall: ({ id }) => writeSync(1, `${id}\n`) })
const store = await openRunFolder(process.argv[2] ?? '', { manifest: { options: {}, seed: 3 }, resume: true })
const budget = createBudget(store.budget ?? {})
while (store.nextStep < 3) {
  const tasks = Array.from({ length: 6 }, (_, index) => fakeTask(store.nextStep * 6 + index))
  await sampleStep({
    source,
    tasks,
    seed: 3,
    step: store.nextStep,
    budget,
    store,
    concurrency: 6,
    options: { retries: 0 },
  })
}
await store.close()
