import { resolveStepOptions } from '@interleave/axpo'
import { describe, expect, it } from 'vitest'
import { ablations, baseline, defaultMethods, doubleRollouts, methodOf, rateTrials } from './methods.ts'
import { keptFolder } from './study-folder.ts'

const all = [...defaultMethods, doubleRollouts, ...ablations, ...rateTrials]

describe('the methods', () => {
  it('have names of their own, and folders', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
    const folders = all.map(({ name }) => keptFolder(name))
    expect(new Set(folders).size).toBe(all.length)
    for (const folder of folders) expect(folder).toMatch(/^trajectories\/[\w.-]+$/)
  })

  it('are found by name, and only those', () => {
    for (const method of all) expect(methodOf(method.name)).toBe(method)
    expect(defaultMethods).toContain(methodOf(baseline))
    expect(() => methodOf('best')).toThrow(new RangeError('There is no method "best".'))
  })

  it('are AXPO with the paper’s defaults, GRPO with as many rollouts as it may spend, and with twice its own', () => {
    expect(resolveStepOptions(methodOf('AXPO').options)).toEqual(resolveStepOptions())
    const { budget, rollouts } = resolveStepOptions(methodOf('AXPO').options)
    expect(resolveStepOptions(methodOf(baseline).options)).toEqual({
      ...resolveStepOptions(),
      variant: 'grpo',
      rollouts: rollouts * (1 + budget),
    })
    expect(resolveStepOptions(doubleRollouts.options)).toMatchObject({ variant: 'grpo', rollouts: 2 * rollouts })
  })

  it.each([
    ['no prefix fix', { variant: 'noPrefixFix' }],
    ['no-tool target', { variant: 'noToolTarget' }],
    ['random ranking', { ranking: 'random' }],
    ['no prefix credit', { variant: 'noPrefixCredit' }],
    ['merged', { variant: 'merged' }],
    ['tool bonus', { variant: 'grpo', rollouts: 10, shaping: 'toolBonus' }],
    ['tool penalty', { variant: 'grpo', rollouts: 10, shaping: 'toolPenalty' }],
  ])('change one thing in %s', (name, changed) => {
    expect(ablations.map((method) => method.name)).toContain(name)
    expect(resolveStepOptions(methodOf(name).options)).toEqual({ ...resolveStepOptions(), ...changed })
  })

  it('try the baseline at learning rates in doublings; all others learn at the study’s', () => {
    const rates = rateTrials.map(({ learningRate = Number.NaN }) => learningRate)
    expect(rates.slice(1).map((rate, index) => rate / rates[index]!)).toEqual(rates.slice(1).map(() => 2))
    for (const { options } of rateTrials) expect(options).toEqual(methodOf(baseline).options)
    for (const method of [...defaultMethods, doubleRollouts, ...ablations]) expect(method.learningRate).toBeUndefined()
  })
})
