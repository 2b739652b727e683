import type { JsonValue } from '@interleave/trajectory'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { pythonJson } from './python-json.ts'

// Right-hand sides: what Python 3.11's json.dumps(value, ensure_ascii=False) prints.
it.each<[JsonValue, string]>([
  [{ a: [1, 2], b: { c: null, d: true } }, '{"a": [1, 2], "b": {"c": null, "d": true}}'],
  [[], '[]'],
  [{}, '{}'],
  ['größer "x" \\ \n\t\b\f\r\u0001\u007f 🙂', '"größer \\"x\\" \\\\ \\n\\t\\b\\f\\r\\u0001\u007f 🙂"'],
  [1e-7, '1e-07'],
  [0.00001, '1e-05'],
  [0.0001, '0.0001'],
  [1.5e300, '1.5e+300'],
  [-2.5, '-2.5'],
  [12345678901234567000, '1.2345678901234567e+19'],
  [2 ** 53, '9007199254740992.0'],
  [9007199254740991, '9007199254740991'],
  [0.1 + 0.2, '0.30000000000000004'],
])('writes %j as Python does', (value, expected) => {
  expect(pythonJson(value)).toBe(expected)
})

it('stays the same JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(pythonJson(value as JsonValue))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
