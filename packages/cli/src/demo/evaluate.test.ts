import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { passAtK, summarise, type Verdict } from './evaluate.ts'

/** All ways to choose k of the items. */
function choices<Item>(items: readonly Item[], k: number): Item[][] {
  if (k === 0) return [[]]
  return items.flatMap((item, index) => choices(items.slice(index + 1), k - 1).map((rest) => [item, ...rest]))
}

const verdicts = (count: number, verdict: Verdict): Verdict[] => Array.from({ length: count }, () => verdict)
const rightWithTool = { correct: true, tool: true }
const wrongWithTool = { correct: false, tool: true }
const right = { correct: true, tool: false }
const wrong = { correct: false, tool: false }

describe('passAtK', () => {
  it('is the share of all choices of k that hold a correct rollout', () => {
    const counts = fc
      .integer({ min: 1, max: 9 })
      .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n }), fc.integer({ min: 1, max: n })))
    fc.assert(
      fc.property(counts, ([n, c, k]) => {
        const all = choices(
          Array.from({ length: n }, (_, index) => index < c),
          k,
        )
        const found = all.filter((chosen) => chosen.includes(true)).length
        expect(passAtK(n, c, k)).toBeCloseTo(found / all.length, 12)
      }),
    )
  })

  it('with fewer rollouts than k says whether any is correct', () => {
    expect([passAtK(3, 1, 4), passAtK(3, 0, 4), passAtK(0, 0, 4)]).toEqual([1, 0, 0])
  })
})

describe('summarise', () => {
  it('takes the mean over questions of Pass@1, Pass@4 and tool use', () => {
    const first = [...verdicts(2, right), ...verdicts(2, wrongWithTool), ...verdicts(4, wrong)]
    const made = summarise([first, verdicts(8, wrong)])
    expect(made).toMatchObject({ passAt1: 0.125, toolUse: 2 / 16 })
    // Of the 70 choices of 4 of 8, 15 hold none of two.
    expect(made.passAt4).toBeCloseTo((1 - 15 / 70) / 2, 12)
  })

  it('counts all-wrong subgroups in blocks of 8 rollouts', () => {
    // With a tool: the first block has one that is correct, the second none. Without: none in either.
    const question = [rightWithTool, ...verdicts(3, wrongWithTool), ...verdicts(4, wrong), ...verdicts(7, wrong)]
    expect(summarise([[...question, wrongWithTool]])).toMatchObject({ allWrong: 0.5, allWrongNoTool: 1 })
    // As one block of 16 this would be 0.
    expect(summarise([[...verdicts(8, right), ...verdicts(8, wrong)]]).allWrongNoTool).toBe(0.5)
  })

  it('leaves out blocks without such a rollout, and is null where there is none', () => {
    expect(summarise([verdicts(8, right), verdicts(8, wrongWithTool)])).toMatchObject({
      allWrong: 1,
      allWrongNoTool: 0,
    })
    expect(summarise([verdicts(8, right)]).allWrong).toBeNull()
    expect(summarise([verdicts(8, rightWithTool)]).allWrongNoTool).toBeNull()
    expect(summarise([])).toEqual({ passAt1: 0, passAt4: 0, toolUse: 0, allWrong: null, allWrongNoTool: null })
  })
})
