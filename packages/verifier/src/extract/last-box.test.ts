import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lastBox } from './last-box.ts'

describe('lastBox', () => {
  test.each([
    [String.raw`\boxed{A}`, 'A'],
    [String.raw`\fbox{42}`, '42'],
    [String.raw`\boxed {7}`, '7'],
    [String.raw`\boxed{2}. wait, actually \boxed{3}`, '3'],
    [String.raw`\boxed{2} or \fbox{3}`, '3'],
    [String.raw`\fbox{2} or \boxed{3}`, '3'],
    [String.raw`\boxed{\frac{1}{2}} trailing }`, String.raw`\frac{1}{2}`],
    [String.raw`\boxed{\{1, 2\}}`, String.raw`\{1, 2\}`],
    [String.raw`\boxed{a \\ {b}}`, String.raw`a \\ {b}`],
    [String.raw`\boxed{x = \boxed{3}}`, '3'],
    [String.raw`\boxed{5}, as \boxed asks`, '5'],
    [String.raw`\boxed{5}, in \boxedness{6}`, '5'],
    [String.raw`\boxed{}`, ''],
  ])('%s', (text, content) => {
    expect(lastBox(text)).toEqual({ content })
  })

  test.each([String.raw`\boxed{7} … \boxed{`, String.raw`\boxed{7`, String.raw`\boxed{7\}`, String.raw`\boxed{{7}`])(
    'a box that never closes: %s',
    (text) => {
      expect(lastBox(text)).toEqual({ content: null })
    },
  )

  test.each(['', 'boxed{7}', String.raw`\boxed 7`, String.raw`\boxed`, '{7}'])('no box: %j', (text) => {
    expect(lastBox(text)).toBeNull()
  })

  test('gives back any balanced content', () => {
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('x', '1', String.raw`\{`, String.raw`\}`, String.raw`\\`, ' '),
        fc.array(tie('tree'), { maxLength: 4 }).map((parts) => `{${parts.join('')}}`),
      ),
    }))
    fc.assert(
      fc.property(fc.array(tree), fc.array(tree), (before, inside) => {
        const content = inside.join('')
        expect(lastBox(String.raw`${before.join('')}\boxed{${content}} and so on.`)).toEqual({ content })
      }),
    )
  })
})
