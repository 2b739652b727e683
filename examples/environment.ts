// A whole environment: the tool and the verifier of the other examples, a chat template, a policy and tasks.
import assert from 'node:assert/strict'
import { sampleStep } from '@interleave/axpo'
import { connectEnvironment, defineEnvironment, runRollouts } from '@interleave/environment'
import { lintCredit, lintTrajectory, type Task } from '@interleave/trajectory'
import { policy, template } from './clerk.ts'
import { ledger } from './custom-tool.ts'
import { withinTolerance } from './custom-verifier.ts'

/** Everything about a rollout but the policy that makes it. */
export const environment = defineEnvironment({
  name: 'stock',
  version: '1',
  system: 'Book each movement with the ledger. Then give the number that is left between <answer> and </answer>.',
  tools: [ledger],
  verifiers: [withinTolerance],
})

/** Rollouts of the environment by one policy. AXPO needs nothing else of them. */
export const source = connectEnvironment(environment, { policy, template })

function taskOf(first: number, out: number, second: number): Task {
  const text = `A box is empty. ${first} bolts in, ${out} bolts out, ${second} bolts in. How many are left?`
  const reference = { value: first - out + second, tolerance: 0 }
  return { id: `${first}-${out}+${second}`, prompt: [{ type: 'text', text }], reference }
}

const tasks = [taskOf(40, 13, 6), taskOf(12, 5, 9), taskOf(73, 70, 1), taskOf(8, 8, 4)]
/** What `interleave check` needs: a task on which the policy calls a tool at least sometimes. */
export const checks = { task: taskOf(40, 13, 6) }

if (import.meta.main) {
  // Rollouts alone, as for an evaluation.
  const rewards = []
  for await (const { reward } of runRollouts(source, tasks, { rollouts: 8, seed: 1 })) rewards.push(reward)
  console.log(`environment: ${rewards.filter((reward) => reward === 1).length} of ${rewards.length} rollouts solved`)

  // One AXPO step: where every rollout that used the ledger failed, the first call is drawn again.
  const { credit, diagnostics, trajectories } = await sampleStep({ source, tasks, seed: 1, step: 0 })
  for (const [index, trajectory] of trajectories.entries())
    assert.deepEqual([...lintTrajectory(trajectory), ...lintCredit(credit[index]!, trajectory)], [])
  const { allWrongTool, extraRollouts, recoveryRate, toolUseRate } = diagnostics
  const { before, after } = allWrongTool
  console.table([
    {
      'tool use': toolUseRate,
      'all wrong before': before,
      after,
      continuations: extraRollouts,
      recovered: recoveryRate,
    },
  ])
  assert.ok(recoveryRate !== null && recoveryRate > 0)
}
