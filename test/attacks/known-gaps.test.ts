import { expect, test } from 'vitest'
import { attackGroups } from './cases/all.ts'
import { knownGaps } from './known-gaps.ts'

const names = attackGroups.flatMap(({ attacks }) => attacks.map(({ name }) => name))

test('no two cases share a name', () => {
  expect(new Set(names).size).toBe(names.length)
})

test('every known gap is that of a case', () => {
  expect(Object.keys(knownGaps).filter((name) => !names.includes(name))).toEqual([])
})
