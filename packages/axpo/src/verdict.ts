/** Whether a rollout counts as correct; null where it is void. `success` decides where it is given, else a reward of 1. */
export function verdictOf(rollout: { readonly reward: number | null; readonly success?: boolean }): boolean | null {
  return rollout.reward === null ? null : (rollout.success ?? rollout.reward === 1)
}
