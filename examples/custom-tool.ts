// A tool with state: a stock ledger, so that a model keeps its counts there and not in its head.
import assert from 'node:assert/strict'
import { createToolRunner, defineTool, ToolError, type ToolSession } from '@interleave/tool'
import type { ToolOutcome } from '@interleave/trajectory'
import { z } from 'zod'

export const ledger = defineTool({
  name: 'ledger',
  description: 'Books items in (positive quantity) or out (negative), and says how many are left. It starts empty.',
  input: z.object({
    item: z.string().min(1).max(40).describe('What is counted, such as "bolts".'),
    quantity: z.int().min(-1e6).max(1e6).describe('How many come in; negative for how many go out.'),
  }),
  // For programs; the model reads `content`.
  value: z.object({ item: z.string(), left: z.int().nonnegative() }),
  // One map for each rollout, made before its first call. Its type is that of `state` below.
  setup: () => new Map<string, number>(),
  // Where a rollout branches, both branches go on from the same stock, and apart.
  fork: (stock) => new Map(stock),
  run({ item, quantity }, { state: stock }) {
    const held = stock.get(item) ?? 0
    const left = held + quantity
    // The model sees this and can do better. Any other exception would be our fault and void the rollout.
    if (left < 0) throw new ToolError('not_enough', `There are ${held} ${item}, so ${-quantity} cannot go out.`)
    stock.set(item, left)
    return { content: `${left} ${item} left`, value: { item, left } }
  },
})

/** What `interleave check` needs: calls that must succeed, in order, and calls of the right form that must not. */
export const checks = {
  examples: [
    { item: 'bolts', quantity: 40 },
    { item: 'bolts', quantity: -13 },
  ],
  rejected: [{ item: 'nuts', quantity: -1 }],
}

async function book(session: ToolSession, item: string, quantity: number): Promise<ToolOutcome> {
  const input = { item, quantity }
  const { outcome } = await session.call({ id: 'call', tool: ledger.name, raw: JSON.stringify(input), input })
  return outcome
}

if (import.meta.main) {
  const rollout = { id: 'rollout', seed: 1, signal: new AbortController().signal }
  await using session = createToolRunner({ tools: [ledger] }).open(rollout)
  for (const input of checks.examples) await book(session, input.item, input.quantity)
  await using branch = await session.fork({ ...rollout, id: 'branch' })
  assert.deepEqual((await book(branch, 'bolts', -27)).value, { item: 'bolts', left: 0 })
  const refused = await book(session, 'bolts', -28)
  assert.equal(refused.error?.message, 'There are 27 bolts, so 28 cannot go out.')
  console.log(`ledger: 40 in, 13 out; the branch empties its stock, and the source is told: ${refused.error.message}`)
}
