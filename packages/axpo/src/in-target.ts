import type { ResolvedOptions } from './options.ts'

/** Whether a rollout is of the kind that the variant resamples: with a tool, or in `noToolTarget` without. */
export function inTarget(
  rollout: { readonly toolUsing: boolean },
  { variant }: Pick<ResolvedOptions, 'variant'>,
): boolean {
  return rollout.toolUsing !== (variant === 'noToolTarget')
}
