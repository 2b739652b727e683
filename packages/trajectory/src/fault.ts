import { z } from 'zod'
import { InterleaveError } from './error.ts'

/** Whose boundary a failure of ours crossed. */
export const faultBoundarySchema = z.enum([
  'setup',
  'template',
  'policy',
  'tool',
  'search',
  'sandbox',
  'media',
  'verifier',
])

/** Why a rollout is void: nothing the policy did, so it is never scored and never trained on. */
export const faultSchema = z
  .strictObject({
    boundary: faultBoundarySchema,
    code: z.string().min(1),
    message: z.string(),
  })
  .meta({ title: 'Fault', description: 'Why a rollout is void: a failure that was not the doing of the policy.' })

export type FaultBoundary = z.infer<typeof faultBoundarySchema>
/** Why a rollout is void. */
export interface Fault extends z.infer<typeof faultSchema> {}

/** Thrown where our side fails (a server lost, a disk full): voids the rollout and says whose fault it was. */
export class FaultError extends InterleaveError {
  readonly boundary: FaultBoundary

  constructor(boundary: FaultBoundary, code: string, message: string, options?: { cause?: unknown }) {
    super(code, message, options)
    this.boundary = boundary
  }
}
