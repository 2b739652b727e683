import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldDifference } from './fold-difference.ts'

describe('foldDifference', () => {
  test.each([
    [[1, 9, 2], [1, 9, 9, 9, 2], null],
    [[1, 9, 2], [1, 9, 2], null],
    [[9, 9, 1], [9, 9, 9, 1], null],
    [[1, 9, 2], [1, 2], 'token 1 is 9, seen is 2'],
    [[1, 9, 2], [1, 9, 9, 3], 'token 2 is 2, seen is 3'],
    [[1, 2], [1], 'token 1 is 2, seen is the end'],
    [[1, 2], [1, 2, 3, 4], '2 tokens follow that were not sent'],
    [[9, 9, 1], [9, 1], 'token 1 is 9, seen is 1'],
  ])('%j seen as %j', (logical, effective, difference) => {
    expect(foldDifference(logical, effective, 9)).toBe(difference)
  })

  test('without a pad only the same tokens will do', () => {
    expect(foldDifference([1, 9], [1, 9, 9], undefined)).toBe('1 tokens follow that were not sent')
  })

  test('any expansion folds back, and none with another token does', () => {
    const token = fc.constantFrom(1, 2, 9)
    fc.assert(
      fc.property(fc.array(token), fc.array(fc.nat({ max: 4 })), fc.nat(), (logical, lengths, at) => {
        const effective = logical.flatMap((id, index) => (id === 9 ? Array(1 + (lengths[index] ?? 0)).fill(9) : [id]))
        expect(foldDifference(logical, effective, 9)).toBeNull()
        expect(foldDifference(logical, effective.toSpliced(at % (effective.length + 1), 0, 5), 9)).not.toBeNull()
      }),
    )
  })
})
