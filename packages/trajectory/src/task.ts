import { z } from 'zod'
import { contentPartSchema } from './content.ts'
import { jsonObjectSchema, jsonValueSchema } from './json-value.ts'

/** One question: what the policy is shown, what a verifier compares with, and whatever else its data set says of it. */
export const taskSchema = z
  .strictObject({
    id: z.string().min(1),
    prompt: z.array(contentPartSchema).min(1),
    reference: jsonValueSchema.exactOptional().describe('What a verifier compares the answer with.'),
    metadata: jsonObjectSchema.exactOptional(),
  })
  .meta({ title: 'Task', description: 'One question: what the policy is shown and what its data set says of it.' })

/** One question with its reference answer. */
export interface Task extends z.infer<typeof taskSchema> {}
