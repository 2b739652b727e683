/** The id of a step's group: `s0003-g0017`. */
export function groupIdOf(step: number, group: number): string {
  return `s${String(step).padStart(4, '0')}-g${String(group).padStart(4, '0')}`
}

/** The id of a group's rollout: `s0003-g0017.r2`. */
export function rolloutIdOf(groupId: string, index: number): string {
  return `${groupId}.r${index}`
}

/** The id of a continuation of a rollout: `s0003-g0017.r2.c0`. */
export function continuationIdOf(rolloutId: string, index: number): string {
  return `${rolloutId}.c${index}`
}
