import { expect, expectTypeOf, test, vi } from 'vitest'
import { InterleaveError, isInterleaveError, messageOf } from './error.ts'
import { FaultError } from './fault.ts'

test('an error is known by its code', () => {
  const cause = new Error('why')
  const error = new InterleaveError('bad_thing', 'Do this.', { cause })
  expect(error).toMatchObject({ name: 'InterleaveError', code: 'bad_thing', message: 'Do this.', cause })
  expect(isInterleaveError(error)).toBe(true)
  expect(isInterleaveError(error, 'bad_thing')).toBe(true)
  expect(isInterleaveError(error, 'other')).toBe(false)
  for (const other of [new Error('x'), null, undefined, 'bad_thing', { code: 'bad_thing' }])
    expect(isInterleaveError(other)).toBe(false)
})

test('a fault is an error of ours with its boundary', () => {
  const fault = new FaultError('media', 'media_missing', 'Put it back.')
  expect(fault).toMatchObject({ name: 'FaultError', boundary: 'media', code: 'media_missing' })
  expect(isInterleaveError(fault, 'media_missing')).toBe(true)
})

test('two installed copies know each other’s errors', async () => {
  vi.resetModules()
  const copy = await import('./error.ts')
  const error = new copy.InterleaveError('bad_thing', 'Do this.')
  expect(error instanceof InterleaveError).toBe(false)
  expect(isInterleaveError(error, 'bad_thing')).toBe(true)
})

test('a code narrows the type', () => {
  const caught: unknown = new InterleaveError('a', '')
  if (isInterleaveError(caught, 'a')) expectTypeOf(caught.code).toEqualTypeOf<'a'>()
  // @ts-expect-error A code outside the closed set.
  const wrong: InterleaveError<'a' | 'b'> = new InterleaveError('c', '')
  expect(wrong.code).toBe('c')
})

test('anything thrown has a message', () => {
  expect([new Error('one'), 'two', 3, null].map(messageOf)).toEqual(['one', 'two', '3', 'null'])
})
