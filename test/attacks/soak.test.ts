import { expect, test } from 'vitest'
import { soak, type SoakReport } from './soak-run.ts'
import { Arena } from './arena.ts'

test('20 seconds of good and hostile code: every good call is right, and nothing grows', async (context) => {
  const tier = await strongest()
  if (tier === undefined) context.skip('no tier from T1 on works here')
  const reports: SoakReport[] = []
  const end = await soak({
    tier: tier ?? 'T3',
    minutes: 1 / 3,
    sessions: 64,
    seed: 11,
    onProgress: (report) => reports.push(report),
  })
  expect(end.wrong).toEqual([])
  expect(end.calls).toBeGreaterThan(100)
  expect(end.hostile).toBeGreaterThan(10)
  expect(end.branches).toBeGreaterThan(5)
  expect(end.processes).toBeLessThanOrEqual(5)
  expect(end.memory - (reports[2]?.memory ?? 0)).toBeLessThan(96)
})

async function strongest(): Promise<'T3' | 'T2' | 'T1' | undefined> {
  for (const tier of ['T3', 'T2', 'T1'] as const) {
    await using arena = new Arena(tier)
    if ((await arena.start()) === undefined) return tier
  }
  return undefined
}
