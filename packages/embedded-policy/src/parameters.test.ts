import { seededRandom } from '@interleave/trajectory'
import { describe, expect, it } from 'vitest'
import { defaultParameters } from './default-parameters.ts'
import { kinds } from './kinds.ts'
import { loadParameters, saveParameters } from './parameters-file.ts'
import { parameterCount, parameterIndex, parameterLayout } from './parameters.ts'

describe('parameters', () => {
  it('are laid out without gaps, with blocks of its own for each kind', () => {
    let at = 0
    for (const { labels, name, offset } of parameterLayout) {
      expect(offset).toBe(at)
      expect(parameterIndex(name)).toBe(at)
      at += labels.length
    }
    expect(at).toBe(parameterCount)
    for (const { name } of kinds)
      expect(parameterLayout.filter((block) => block.name.endsWith(`/${name}`))).toHaveLength(6)
    expect(() => parameterIndex('think/birds')).toThrow('no parameter think/birds')
  })

  it('come back from their file', () => {
    const random = seededRandom(1)
    const parameters = defaultParameters().map((value) => value + random())
    expect(loadParameters(saveParameters(parameters))).toEqual(parameters)
  })

  it.each([
    ['{', 'not JSON'],
    ['{}', 'format'],
    [
      saveParameters(defaultParameters()).replace('"glance": 0', '"stare": 0'),
      '"think/colour-in-orange glance" is missing',
    ],
    [saveParameters(defaultParameters()).replace('"inside": {', '"inside": {"x": 1,'), '"inside x" is unknown'],
    [saveParameters(defaultParameters()).replace('"glance": 0', '"glance": "0"'), 'expected number'],
  ])('refuse a file that is not theirs: %.20s', (text, reason) => {
    expect(() => loadParameters(text)).toThrow(reason)
  })
})

describe('seededRandom', () => {
  it('gives uniform numbers that depend on the seed alone', () => {
    const random = seededRandom(7)
    const values = Array.from({ length: 20_000 }, random)
    const again = seededRandom(7)
    expect(values.slice(0, 5)).toEqual(Array.from({ length: 5 }, again))
    const bins = Array.from({ length: 20 }, (_, bin) => values.filter((value) => Math.floor(value * 20) === bin).length)
    const statistic = bins.reduce((sum, bin) => sum + (bin - 1000) ** 2 / 1000, 0)
    // The 99.99 % point of chi-square with 19 degrees of freedom.
    expect(statistic).toBeLessThan(50.8)
    expect(seededRandom(8)()).not.toBe(values[0])
  })
})
