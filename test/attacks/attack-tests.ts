import { setTimeout as sleep } from 'node:timers/promises'
import type { IsolationTier } from '@interleave/code-interpreter'
import { describe, expect, test, type TestContext } from 'vitest'
import type { Answer, Arena } from './arena.ts'
import { open, prelude, type Attack } from './attack.ts'
import { attackGroups } from './cases/all.ts'
import { knownGaps } from './known-gaps.ts'
import { descendants, settled } from './machine.ts'
import { secretWord } from './secret.ts'

const isRoot = process.getuid?.() === 0

/** The tests of all attacks at the tier of an arena. */
export function testAttacks(arena: Arena): void {
  const { tier } = arena
  describe('attacks', () => {
    for (const { attacks, name } of attackGroups)
      describe(name, () => {
        for (const attack of attacks)
          test(attack.name, async (context) => {
            skipWhere(context, leftOut(attack, tier))
            await meet(arena, attack)
          })
      })
  })
}

function skipWhere(context: TestContext, reason: string | undefined): void {
  if (reason !== undefined) context.skip(reason)
}

function leftOut(attack: Attack, tier: IsolationTier): string | undefined {
  if (tier === 'T0' && typeof attack.plain === 'object' && 'leftOut' in attack.plain) return attack.plain.leftOut
  if (tier === 'T0' && knownGaps[attack.name]?.needsRoot === true && !isRoot)
    return 'what a plain user may do is a matter of the machine'
  return attack.leftOut?.[tier]
}

async function meet(arena: Arena, attack: Attack): Promise<void> {
  const { bystander, host, tier } = arena
  const own =
    tier === 'T0' && typeof attack.plain === 'object' && 'code' in attack.plain ? attack.plain.code : attack.code
  const code = typeof own === 'string' ? own : own(host)
  const processes = (await descendants(process.pid)).length
  {
    await using attacker = arena.rollout(await attack.images?.())
    expect((await attacker.say('kept = 41')).end).toBe('ok')
    judge(attack, tier, await attacker.say(`${prelude}${code}`, attack.timeout))
    expect(await bystander.say('held, open("held.txt").read()')).toMatchObject({
      text: `('${secretWord}', '${secretWord}')`,
    })
    if (attack.pauseMs !== undefined) await sleep(attack.pauseMs)
    for (const end of attack.late ?? []) expect((await attacker.say('kept + 1')).end).toBe(end)
    const next = await attacker.say('kept + 1', 5)
    expect(next).toMatchObject({ end: 'ok', text: expect.stringMatching(/(^|\n)42$/) })
  }
  const left = await settled(async () => (await descendants(process.pid)).length, processes)
  expect(left, 'processes outlived their session').toBeLessThanOrEqual(processes)
}

function judge(attack: Attack, tier: IsolationTier, { end, text }: Answer): void {
  expect(text.isWellFormed(), 'text that is not well formed').toBe(true)
  expect(text.includes('\u001B'), 'an escape character').toBe(false)
  if (knownGaps[attack.name]?.tiers.includes(tier) === true) {
    expect(text, `"${attack.name}" is blocked at ${tier} now: take it off test/attacks/known-gaps.ts`).toMatch(open)
    return
  }
  expect(text, `"${attack.name}" got through`).not.toMatch(open)
  expect([end, text].join('\n')).toSatisfy((said: string) => attack.ends.some((known) => said.startsWith(`${known}\n`)))
  if (attack.says !== undefined) expect(text).toMatch(attack.says)
}
