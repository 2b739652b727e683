import type { Group } from '../group.ts'
import type { LintRule } from './finding.ts'
import type { IndexEntry } from './trajectory-index.ts'

/** What is wrong with a group: it names trajectories that are not there, or says of them what they do not say. */
export function* lintGroup(
  group: Group,
  find: (id: string) => IndexEntry | undefined,
): Iterable<{ rule: LintRule; message: string }> {
  function* known(id: string): Generator<{ rule: LintRule; message: string }, IndexEntry | undefined> {
    const entry = find(id)
    if (entry === undefined)
      yield { rule: 'known-trajectory', message: `The group ${group.id} names ${id}, which is not there.` }
    else if (entry.taskId !== group.taskId)
      yield { rule: 'group-agrees', message: `${id} is of the task ${entry.taskId}, its group of ${group.taskId}.` }
    const said = entry?.group?.id ?? group.id
    if (said !== group.id) yield { rule: 'group-agrees', message: `${id} says it is of ${said}, not of ${group.id}.` }
    return entry
  }

  for (const [index, id] of group.rollouts.entries()) {
    const entry = yield* known(id)
    const said = entry?.group
    if (said?.id === group.id && said.index !== index)
      yield {
        rule: 'group-agrees',
        message: `${id} says it is rollout ${said.index} of ${said.id}, not ${index}.`,
      }
    if (entry?.branch !== undefined)
      yield {
        rule: 'group-agrees',
        message: `${id} is a continuation, but is listed among the rollouts of ${group.id}.`,
      }
  }
  for (const { source, at, trajectories } of group.continuations) {
    if (!group.rollouts.includes(source))
      yield { rule: 'group-agrees', message: `The source ${source} is not among the rollouts of ${group.id}.` }
    for (const id of trajectories) {
      const entry = yield* known(id)
      // From token 0 nothing is inherited: a fresh rollout in the place of a continuation (ablation without prefix fix).
      const fresh = at === 0 && entry?.branch === undefined
      if (entry !== undefined && !fresh && (entry.branch?.from !== source || entry.branch.at !== at))
        yield { rule: 'group-agrees', message: `${id} does not go on from token ${at} of ${source}.` }
    }
  }
}
