import { creditSchema } from '../credit.ts'
import { groupSchema } from '../group.ts'
import type { MediaStore } from '../media-store.ts'
import { placeSegments } from '../offsets.ts'
import { trajectorySchema, type Trajectory } from '../trajectory.ts'
import { inheritedEqual } from './branch.ts'
import type { FileFinding } from './finding.ts'
import { lintCredit } from './lint-credit.ts'
import { lintGroup } from './lint-group.ts'
import { lintMedia } from './lint-media.ts'
import { lintTrajectory } from './lint-trajectory.ts'
import { readChecked } from './read-checked.ts'
import { TrajectoryIndex } from './trajectory-index.ts'

export interface LintFilesOptions {
  /** JSON Lines of trajectories. Credit and groups, where given, are about all of these. */
  readonly trajectories: string
  readonly credit?: string
  readonly groups?: string
  /** Where the bytes of images lie: without it only images that a trajectory carries itself are checked. */
  readonly media?: MediaStore
}

/**
 * Everything that is wrong in the files of a run, one finding after another: nothing at all for a clean run. Trajectories
 * stay on disk; memory holds one of them, its source, and an index of ids. Throws `unreadable_file` for a missing file.
 */
export async function* lintFiles(options: LintFilesOptions): AsyncGenerator<FileFinding, void, undefined> {
  const index = new TrajectoryIndex(options.trajectories)
  yield* lintTrajectories(options, index)
  if (options.credit !== undefined) yield* lintCreditFile(options.credit, index)
  if (options.groups !== undefined) yield* lintGroupFile(options.groups, index)
}

async function* lintTrajectories(options: LintFilesOptions, index: TrajectoryIndex): AsyncGenerator<FileFinding> {
  const { trajectories: file, media } = options
  const seenMedia = new Set<string>()
  // Continuations that stand before their source.
  const early: string[] = []
  for await (const record of readChecked(file, trajectorySchema)) {
    if ('rule' in record) {
      yield record
      continue
    }
    const { line, value } = record
    const at = { file, line }
    for (const finding of lintTrajectory(value)) yield { ...finding, ...at }
    if (media) for (const finding of await lintMedia(value, media, seenMedia)) yield { ...finding, ...at }
    const first = index.get(value.id)
    if (first) {
      yield { rule: 'unique-id', message: `Line ${first.line} has the same id.`, trajectoryId: value.id, ...at }
      continue
    }
    index.add(value, record)
    if (value.branch === undefined) continue
    if (index.get(value.branch.from) === undefined) early.push(value.id)
    else yield* lintContinuation(at, value, index)
  }
  for (const id of early) {
    const continuation = await index.load(id)
    if (continuation) yield* lintContinuation({ file, line: index.get(id)?.line ?? 0 }, continuation, index)
  }
}

async function* lintContinuation(
  where: { file: string; line: number },
  continuation: Trajectory,
  index: TrajectoryIndex,
): AsyncGenerator<FileFinding> {
  const at = { ...where, trajectoryId: continuation.id }
  const from = continuation.branch?.from ?? ''
  const source = await index.load(from)
  if (source === undefined) yield { rule: 'known-trajectory', message: `Its source ${from} is not in the file.`, ...at }
  else
    for (const problem of inheritedEqual(continuation, placeSegments(continuation.segments), source))
      yield { rule: 'inherited-equal', ...problem, ...at }
}

async function* lintCreditFile(file: string, index: TrajectoryIndex): AsyncGenerator<FileFinding> {
  const seen = new Map<string, number>()
  for await (const record of readChecked(file, creditSchema)) {
    if ('rule' in record) {
      yield record
      continue
    }
    const { line, value: credit } = record
    const at = { file, line, trajectoryId: credit.trajectoryId }
    const first = seen.get(credit.trajectoryId)
    if (first !== undefined) {
      yield { rule: 'credited-once', message: `Line ${first} holds credit of the same trajectory.`, ...at }
      continue
    }
    seen.set(credit.trajectoryId, line)
    const trajectory = await index.load(credit.trajectoryId)
    if (trajectory === undefined)
      yield { rule: 'known-trajectory', message: `There is no trajectory ${credit.trajectoryId}.`, ...at }
    else for (const finding of lintCredit(credit, trajectory)) yield { ...finding, ...at }
  }
  for (const { id, line } of index.entries())
    if (!seen.has(id))
      yield { rule: 'credited-once', message: `It has no record in ${file}.`, file: index.file, line, trajectoryId: id }
}

async function* lintGroupFile(file: string, index: TrajectoryIndex): AsyncGenerator<FileFinding> {
  const seen = new Map<string, number>()
  const members = new Map<string, number>()
  for await (const record of readChecked(file, groupSchema)) {
    if ('rule' in record) {
      yield record
      continue
    }
    const { line, value: group } = record
    const first = seen.get(group.id)
    if (first !== undefined) yield { rule: 'unique-id', message: `Line ${first} has the same group.`, file, line }
    else {
      seen.set(group.id, line)
      for (const id of [group.rollouts, ...group.continuations.map(({ trajectories }) => trajectories)].flat()) {
        const other = members.get(id)
        if (other !== undefined)
          yield { rule: 'group-agrees', message: `${id} stands in a group twice, first on line ${other}.`, file, line }
        else members.set(id, line)
      }
    }
    for (const problem of lintGroup(group, (id) => index.get(id))) yield { ...problem, file, line }
  }
  for (const { id, line } of index.entries())
    if (!members.has(id))
      yield { rule: 'group-agrees', message: `It is in no group of ${file}.`, file: index.file, line, trajectoryId: id }
}
