import type { Limits } from '@interleave/trajectory'

/** Limits of a training rollout: two calls and an answer, as in the AXPO paper (4.1: at most 3 turns). */
export const trainingLimits: Limits = { turns: 3, tokens: 16_384, callsPerTurn: 4, deadlineMs: 600_000 }

/** Limits of an evaluation rollout (paper, App. A.3: at most 5 turns and 32,768 tokens). */
export const evaluationLimits: Limits = { turns: 5, tokens: 32_768, callsPerTurn: 4, deadlineMs: 1_800_000 }
