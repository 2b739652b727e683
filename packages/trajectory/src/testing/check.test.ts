import { expect, test } from 'vitest'
import { expectCheck, runChecks, skipCheck } from './check.ts'

test('every check is run and reported on', async () => {
  let aborted = false
  const results = await runChecks(
    [
      { name: 'good', run: () => expectCheck(true, 'never') },
      { name: 'bad', run: () => expectCheck(false, 'change this') },
      { name: 'thrown', run: () => Promise.reject(new TypeError('oops')) },
      { name: 'skipped', run: () => skipCheck('it has no images') },
      {
        name: 'stuck',
        run: (signal) => new Promise(() => signal.addEventListener('abort', () => (aborted = true))),
      },
    ],
    { timeoutMs: 30 },
  )
  expect(results).toEqual([
    { name: 'good', status: 'passed' },
    { name: 'bad', status: 'failed', reason: 'change this' },
    { name: 'thrown', status: 'failed', reason: 'oops' },
    { name: 'skipped', status: 'skipped', reason: 'it has no images' },
    { name: 'stuck', status: 'failed', reason: 'did not finish within 30 ms' },
  ])
  expect(aborted).toBe(true)
})
