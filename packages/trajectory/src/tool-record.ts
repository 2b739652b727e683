import { z } from 'zod'
import { contentPartSchema } from './content.ts'
import { jsonObjectSchema, jsonValueSchema } from './json-value.ts'

/** A tool as a model is told of it: `input` is the JSON Schema of its arguments. */
export const toolSchemaSchema = z
  .strictObject({
    name: z.string().min(1),
    description: z.string(),
    input: jsonObjectSchema,
  })
  .meta({
    title: 'ToolSchema',
    description: 'A tool as the model is told of it; input is the JSON Schema of its arguments.',
  })

/** A call as the policy wrote it. `raw` is the text between the tags; `input` is present once it parsed as JSON. */
export const toolCallSchema = z
  .strictObject({
    id: z.string().min(1),
    tool: z.string(),
    raw: z.string().describe('The text between the tags.'),
    input: jsonValueSchema.exactOptional().describe('The arguments, present once they parsed as JSON.'),
  })
  .meta({ title: 'ToolCall', description: 'A call as the policy wrote it.' })

/**
 * What came of a call, in one shape for success and failure. An error here is the model's or the world's, and the model
 * sees it; a fault of ours has no outcome: it voids the rollout.
 */
export const toolOutcomeSchema = z
  .strictObject({
    callId: z.string().min(1),
    tool: z.string(),
    index: z.int().nonnegative(),
    status: z.enum(['ok', 'error']),
    content: z.array(contentPartSchema).describe('What the model saw.'),
    value: jsonValueSchema.exactOptional().describe('What programs read, for tools that declare it.'),
    error: z.strictObject({ code: z.string(), message: z.string() }).exactOptional(),
    truncated: z
      .strictObject({ from: z.int(), to: z.int() })
      .exactOptional()
      .describe('Length before and after the output was cut.'),
  })
  .meta({ title: 'ToolOutcome', description: 'What came of a call; an error is one that the model saw.' })

/** What a call cost. Kept in a trajectory's `timing`, so that comparison and hashing skip it. */
export const toolUsageSchema = z
  .strictObject({
    callId: z.string(),
    queueMs: z.number(),
    wallMs: z.number(),
    cpuMs: z.number().exactOptional(),
    peakBytes: z.number().exactOptional(),
    cost: z.number().exactOptional(),
  })
  .meta({ title: 'ToolUsage', description: 'What a call cost.' })

/** A tool as a model is told of it. */
export interface ToolSchema extends z.infer<typeof toolSchemaSchema> {}
/** A call as the policy wrote it. */
export interface ToolCall extends z.infer<typeof toolCallSchema> {}
/** What came of a call. */
export interface ToolOutcome extends z.infer<typeof toolOutcomeSchema> {}
/** What a call cost. */
export interface ToolUsage extends z.infer<typeof toolUsageSchema> {}
