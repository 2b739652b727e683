import { z } from 'zod'

export const groupFormat = 'interleave/group@1'

/** The rollouts of one task by trajectory id, in index order, and what was resampled from them. */
export const groupSchema = z
  .strictObject({
    format: z.literal(groupFormat),
    id: z.string().min(1),
    taskId: z.string().min(1),
    rollouts: z.array(z.string()).describe('Trajectory ids, in index order.'),
    continuations: z
      .array(z.strictObject({ source: z.string(), at: z.int().nonnegative(), trajectories: z.array(z.string()) }))
      .describe('For each source and boundary, the ids of the trajectories that go on from there.'),
  })
  .meta({ title: 'Group', description: 'The rollouts of one task and what was resampled from them.' })

/** The rollouts of one task and what was resampled from them. */
export interface Group extends z.infer<typeof groupSchema> {}
