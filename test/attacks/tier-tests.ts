import type { IsolationTier } from '@interleave/code-interpreter'
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { Arena } from './arena.ts'
import { testAttacks } from './attack-tests.ts'
import { testLeaks } from './leak-tests.ts'
import { testState } from './state-tests.ts'

/** Everything at one tier, with one tool; all skipped with the reason where the tier does not work here. */
export function testTier(tier: IsolationTier): void {
  describe(`tier ${tier}`, () => {
    const arena = new Arena(tier)
    let missing: string | undefined
    beforeAll(async () => {
      missing = await arena.start()
    })
    beforeEach((context) => {
      if (missing !== undefined) context.skip(missing)
    })
    afterAll(() => arena[Symbol.asyncDispose]())
    testAttacks(arena)
    testState(arena)
    testLeaks(arena)
  })
}
