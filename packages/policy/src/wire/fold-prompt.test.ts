import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPrompt } from './fold-prompt.ts'
import type { Placeholder } from './wire.ts'

const pad = 99
const codeOf = (run: () => void): unknown => {
  try {
    run()
    return 'taken'
  } catch (error) {
    return (error as { code: unknown }).code
  }
}

/** Logical ids, and how the server expands them. */
const prompts = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.record({ length: fc.integer({ min: 1, max: 6 }) })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => {
    const sent: number[] = []
    const seen: number[] = []
    const placeholders: Placeholder[] = []
    for (const part of parts) {
      if (typeof part === 'number') {
        sent.push(part)
        seen.push(part)
        continue
      }
      sent.push(pad)
      placeholders.push({ offset: seen.length, length: part.length })
      for (let left = part.length; left > 0; left -= 1) seen.push(pad)
    }
    return { sent, seen, placeholders }
  })

describe('checkPrompt', () => {
  it('takes what was sent with each pad expanded', () => {
    fc.assert(
      fc.property(prompts, ({ sent, seen, placeholders }) => {
        expect(codeOf(() => checkPrompt(sent, seen, placeholders, pad))).toBe('taken')
      }),
    )
  })

  it('refuses any other prompt', () => {
    fc.assert(
      fc.property(prompts, fc.nat(), fc.integer({ min: 0, max: 2 }), ({ sent, seen, placeholders }, place, change) => {
        const at = place % seen.length
        const other =
          change === 0 ? seen.toSpliced(at, 1) : change === 1 ? seen.toSpliced(at, 0, pad) : seen.with(at, 7)
        expect(codeOf(() => checkPrompt(sent, other, placeholders, pad))).toBe('prompt_mismatch')
      }),
    )
  })

  it('refuses more and fewer images than pads', () => {
    expect(codeOf(() => checkPrompt([1, pad, 2], [1, pad, pad, 2], [], pad))).toBe('prompt_mismatch')
    expect(codeOf(() => checkPrompt([1, 2], [1, 2], [{ offset: 2, length: 1 }], pad))).toBe('prompt_mismatch')
    expect(codeOf(() => checkPrompt([1, 2], [1, 2], [{ offset: 1, length: 1 }], pad))).toBe('prompt_mismatch')
  })

  it('shows both sides around the difference', () => {
    expect(() => checkPrompt([1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 55, 6, 7], [], pad)).toThrow(
      'token 4 was sent as 5 (…2 3 4 [5] 6 7…) and is 55 (…2 3 4 [55] 6 7…)',
    )
  })
})
