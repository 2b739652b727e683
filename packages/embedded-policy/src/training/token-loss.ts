/** What a trained token brings along: its value, and its log probability under the policy that drew it and under the start. */
export interface TrainedToken {
  readonly advantage: number
  readonly weight: number
  /** Under the policy that drew it. */
  readonly sampled: number
  /** Under the fixed start. */
  readonly reference: number
}

export interface LossOptions {
  /** How far below and above 1 the ratio still counts. */
  readonly clip: { readonly low: number; readonly high: number }
  /** Coefficient of the KL term. */
  readonly kl: number
}

/** The loss of one token, and its derivative by the token's log probability. */
export interface TokenLoss {
  readonly loss: number
  readonly slope: number
  /** Estimate of KL(policy || start) at this token, before the coefficient. */
  readonly kl: number
  /** The ratio was out of bounds in the direction of the advantage, so the surrogate had no gradient. */
  readonly clipped: boolean
}

/**
 * The clipped surrogate with the two bounds apart, and the KL to a fixed reference by the low-variance estimator
 * exp(d) - d - 1 with d = reference - current, both to be made small. AXPO paper eq. 6 and App. A.1; the estimator is
 * verl's `low_var_kl` (J. Schulman, "Approximating KL divergence", k3).
 */
export function tokenLoss(token: TrainedToken, logprob: number, { clip, kl: coefficient }: LossOptions): TokenLoss {
  const { advantage, reference, sampled, weight } = token
  const ratio = Math.exp(logprob - sampled)
  const clipped = advantage > 0 ? ratio > 1 + clip.high : advantage < 0 && ratio < 1 - clip.low
  const bounded = Math.min(1 + clip.high, Math.max(1 - clip.low, ratio))
  const surrogate = -Math.min(ratio * advantage, bounded * advantage)
  const apart = Math.exp(reference - logprob)
  const kl = apart - (reference - logprob) - 1
  return {
    loss: weight * (surrogate + coefficient * kl),
    slope: weight * ((clipped ? 0 : -ratio * advantage) + coefficient * (1 - apart)),
    kl,
    clipped,
  }
}
