import { toolSchemaSchema, type JsonValue } from '@interleave/trajectory'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../define-tool.ts'
import { toInputSchema } from './input-schema.ts'
import { toHermesTools } from './hermes-tools.ts'
import { toMcpTool } from './mcp-tool.ts'
import { toOpenAiStrictTool } from './openai-strict-tool.ts'
import { toOpenAiTool } from './openai-tool.ts'
import { removeStrictNulls } from './remove-strict-nulls.ts'
import { toToolSchema } from './to-tool-schema.ts'

const input = z.object({
  query: z.string().describe('What to look for'),
  max_results: z.int().min(1).default(5),
  site: z.string().optional(),
  order: z.enum(['date', 'rank']).optional(),
  filter: z.object({ from: z.int().optional(), to: z.int().nullable() }).optional(),
  boxes: z.array(z.object({ at: z.array(z.number()).length(4), name: z.string().optional() })),
  note: z.string().nullable().optional(),
})

const tool = defineTool({
  name: 'search',
  description: 'Searches "the" web.',
  input,
  value: z.object({ hits: z.array(z.string()) }),
  run: () => ({ content: '', value: { hits: [] } }),
})
const schema = toToolSchema(tool)

describe('dialects', () => {
  test('tool schema: a trajectory can hold it', () => {
    expect(toolSchemaSchema.parse(schema)).toEqual(schema)
    expect(schema).toMatchInlineSnapshot(`
      {
        "description": "Searches "the" web.",
        "input": {
          "additionalProperties": false,
          "properties": {
            "boxes": {
              "items": {
                "additionalProperties": false,
                "properties": {
                  "at": {
                    "items": {
                      "type": "number",
                    },
                    "maxItems": 4,
                    "minItems": 4,
                    "type": "array",
                  },
                  "name": {
                    "type": "string",
                  },
                },
                "required": [
                  "at",
                ],
                "type": "object",
              },
              "type": "array",
            },
            "filter": {
              "additionalProperties": false,
              "properties": {
                "from": {
                  "type": "integer",
                },
                "to": {
                  "anyOf": [
                    {
                      "type": "integer",
                    },
                    {
                      "type": "null",
                    },
                  ],
                },
              },
              "required": [
                "to",
              ],
              "type": "object",
            },
            "max_results": {
              "default": 5,
              "minimum": 1,
              "type": "integer",
            },
            "note": {
              "type": [
                "string",
                "null",
              ],
            },
            "order": {
              "enum": [
                "date",
                "rank",
              ],
              "type": "string",
            },
            "query": {
              "description": "What to look for",
              "type": "string",
            },
            "site": {
              "type": "string",
            },
          },
          "required": [
            "query",
            "boxes",
          ],
          "type": "object",
        },
        "name": "search",
      }
    `)
  })

  test('OpenAI', () => {
    expect(toOpenAiTool(schema)).toEqual({
      type: 'function',
      function: { name: 'search', description: 'Searches "the" web.', parameters: schema.input },
    })
  })

  test('OpenAI strict', () => {
    expect(toOpenAiStrictTool(schema)).toMatchInlineSnapshot(`
      {
        "function": {
          "description": "Searches "the" web.",
          "name": "search",
          "parameters": {
            "additionalProperties": false,
            "properties": {
              "boxes": {
                "items": {
                  "additionalProperties": false,
                  "properties": {
                    "at": {
                      "items": {
                        "type": "number",
                      },
                      "maxItems": 4,
                      "minItems": 4,
                      "type": "array",
                    },
                    "name": {
                      "type": [
                        "string",
                        "null",
                      ],
                    },
                  },
                  "required": [
                    "at",
                    "name",
                  ],
                  "type": "object",
                },
                "type": "array",
              },
              "filter": {
                "additionalProperties": false,
                "properties": {
                  "from": {
                    "type": [
                      "integer",
                      "null",
                    ],
                  },
                  "to": {
                    "anyOf": [
                      {
                        "type": "integer",
                      },
                      {
                        "type": "null",
                      },
                    ],
                  },
                },
                "required": [
                  "from",
                  "to",
                ],
                "type": [
                  "object",
                  "null",
                ],
              },
              "max_results": {
                "minimum": 1,
                "type": [
                  "integer",
                  "null",
                ],
              },
              "note": {
                "type": [
                  "string",
                  "null",
                ],
              },
              "order": {
                "anyOf": [
                  {
                    "enum": [
                      "date",
                      "rank",
                    ],
                    "type": "string",
                  },
                  {
                    "type": "null",
                  },
                ],
              },
              "query": {
                "description": "What to look for",
                "type": "string",
              },
              "site": {
                "type": [
                  "string",
                  "null",
                ],
              },
            },
            "required": [
              "query",
              "max_results",
              "site",
              "order",
              "filter",
              "boxes",
              "note",
            ],
            "type": "object",
          },
          "strict": true,
        },
        "type": "function",
      }
    `)
  })

  test('Hermes and Qwen: one line each, spaced as Python does', () => {
    const small = defineTool({
      name: 'add',
      description: 'Adds: a, "b".',
      input: z.object({ a: z.number() }),
      run: () => '',
    })
    const line =
      '{"type": "function", "function": {"name": "add", "description": "Adds: a, \\"b\\".", "parameters": {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"], "additionalProperties": false}}}'
    expect(toHermesTools([small.schema, small.schema])).toBe(`${line}\n${line}`)
    expect(JSON.parse(toHermesTools([schema]))).toEqual(toOpenAiTool(schema))
    expect(toHermesTools([])).toBe('')
  })

  test('MCP: the value only where it is an object', () => {
    expect(toMcpTool(tool)).toEqual({
      name: 'search',
      description: 'Searches "the" web.',
      inputSchema: schema.input,
      outputSchema: {
        type: 'object',
        properties: { hits: { type: 'array', items: { type: 'string' } } },
        required: ['hits'],
        additionalProperties: false,
      },
    })
    const counting = defineTool({
      name: 'n',
      description: '',
      input,
      value: z.number(),
      run: () => ({ content: '', value: 1 }),
    })
    expect(toMcpTool(counting)).not.toHaveProperty('outputSchema')
  })

  test('free keys stay free, and intersections stay open', () => {
    const free = toInputSchema(z.object({ counts: z.record(z.string(), z.number()), more: z.looseObject({}) }))
    expect(free).toMatchObject({
      additionalProperties: false,
      properties: { counts: { additionalProperties: { type: 'number' } }, more: { additionalProperties: {} } },
    })
    const either = z.object({ a: z.string() }).and(z.record(z.string(), z.string()))
    const both = toInputSchema(z.object({ x: either }))
    expect(JSON.stringify(both['properties'])).not.toContain('"additionalProperties":false')
  })

  test('a property may be named like a keyword', () => {
    const named = toInputSchema(z.object({ default: z.object({ required: z.string() }), properties: z.object({}) }))
    expect(named).toMatchObject({
      properties: {
        default: { type: 'object', required: ['required'], additionalProperties: false },
        properties: { type: 'object', additionalProperties: false },
      },
    })
  })
})

describe('OpenAI strict', () => {
  test.each([
    [
      'free keys',
      z.object({ counts: z.record(z.string(), z.number()) }),
      'input.counts: the strict form has no objects with free keys',
    ],
    ['tuples', z.object({ pair: z.tuple([z.string(), z.number()]) }), 'tuples'],
    ['intersections', z.object({ x: z.string().and(z.string().min(2)) }), 'intersections'],
  ] as [string, z.ZodObject, string][])('has no %s', (_, input, reason) => {
    const { schema } = defineTool({ name: 'search', description: '', input, run: () => '' })
    expect(() => toOpenAiStrictTool(schema)).toThrow(reason)
  })

  test('nulls go where a key was optional, and stay where null is a value', () => {
    const written = {
      query: 'x',
      max_results: null,
      site: null,
      order: null,
      filter: { from: null, to: null },
      boxes: [{ at: [1, 2, 3, 4], name: null }],
      note: null,
    }
    const cleaned = removeStrictNulls(schema, written)
    expect(cleaned).toEqual({ query: 'x', filter: { to: null }, boxes: [{ at: [1, 2, 3, 4] }], note: null })
    expect(input.parse(cleaned).max_results).toBe(5)
    expect(written.site).toBeNull()
  })

  test('a null for a required key is not repaired', () => {
    expect(removeStrictNulls(schema, { query: null, boxes: [] })).toEqual({ query: null, boxes: [] })
  })

  test('follows unions and references', () => {
    const shape = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('dot'), x: z.number().optional() }),
      z.object({ kind: z.literal('line'), to: z.number().nullable() }),
    ])
    const tree = z.object({
      shape: shape.optional(),
      get children() {
        return z.array(tree).optional()
      },
    })
    const { schema } = defineTool({ name: 'draw', description: '', input: tree, run: () => '' })
    expect(toOpenAiStrictTool(schema).function.parameters).toMatchObject({ required: ['shape', 'children'] })
    const written = {
      shape: null,
      children: [
        { shape: { kind: 'dot', x: null }, children: null },
        { shape: { kind: 'line', to: null }, children: null },
      ],
    }
    expect(removeStrictNulls(schema, written)).toEqual({
      children: [{ shape: { kind: 'dot' } }, { shape: { kind: 'line', to: null } }],
    })
  })

  test('never throws on what a model wrote, and leaves what has no null alone', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (written) => {
        const cleaned = removeStrictNulls(schema, written as JsonValue)
        if (!JSON.stringify(written).includes('null')) expect(cleaned).toEqual(written)
      }),
    )
  })

  test('what parses with every optional key left out parses again after a round through strict', () => {
    const optional = fc.option(fc.string(), { nil: undefined })
    fc.assert(
      fc.property(
        fc.string(),
        optional,
        fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
        (query, site, max_results) => {
          const asStrict = {
            query,
            site: site ?? null,
            max_results: max_results ?? null,
            order: null,
            filter: null,
            boxes: [],
            note: null,
          }
          const direct = input.parse({ query, site, max_results, boxes: [], note: null })
          expect(input.parse(removeStrictNulls(schema, asStrict))).toEqual(direct)
        },
      ),
    )
  })
})
