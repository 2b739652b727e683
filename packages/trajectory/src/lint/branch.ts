import { placeSegments, type PlacedSegment } from '../offsets.ts'
import type { Trajectory } from '../trajectory.ts'
import { isVoid, type Problem } from './finding.ts'

/** A continuation inherits what lies before its boundary and samples what lies after; other rollouts inherit nothing. */
export function* branchSane(trajectory: Trajectory, placed: readonly PlacedSegment[]): Iterable<Problem> {
  const { branch, id } = trajectory
  for (const { segment, index, start, end } of placed) {
    if (segment.origin === 'inherited' && branch === undefined)
      yield { segment: index, message: 'The segment is inherited, but the trajectory is no continuation.' }
    if (branch === undefined) continue
    if (segment.origin === 'inherited' && end > branch.at)
      yield { segment: index, message: `The inherited segment reaches beyond the boundary at ${branch.at}.` }
    if (segment.origin === 'policy' && start < branch.at)
      yield { segment: index, message: `The segment was sampled before the boundary at ${branch.at}.` }
  }
  if (branch === undefined) return
  if (branch.from === id) yield { message: 'It is its own source.' }
  if (isVoid(trajectory)) return
  const last = placed.find(({ end }) => end === branch.at)
  const tag = last?.segment.origin === 'inherited' ? last.segment.tag : undefined
  if (tag !== 'call-open' && tag !== 'answer-open')
    yield { message: `Its boundary at ${branch.at} is not just after an opening tag that its source drew.` }
}

/** The prefix of a continuation is its source's: task, tokens, who drew them, logprobs and images. */
export function* inheritedEqual(
  trajectory: Trajectory,
  placed: readonly PlacedSegment[],
  source: Trajectory,
): Iterable<Problem> {
  const { branch } = trajectory
  if (branch === undefined) return
  if (branch.from !== source.id) yield { message: `Its source is ${branch.from}, not ${source.id}.` }
  if (trajectory.task.id !== source.task.id)
    yield { message: `Its task is ${trajectory.task.id}, its source's is ${source.task.id}.` }
  const ours = flatten(placed, branch.at)
  const theirs = flatten(placeSegments(source.segments), branch.at)
  const short = isVoid(trajectory) ? Math.min(ours.tokens.length, theirs.tokens.length) : branch.at
  for (const track of ['tokens', 'sampled', 'logprobs'] as const) {
    const at = firstDifference(ours[track], theirs[track], short)
    if (at === -1) continue
    const said = `${track} at ${at}: ${ours[track][at]} here, ${theirs[track][at]} in the source ${source.id}`
    yield { message: `The prefix differs in ${said}.` }
    return
  }
  if (!isVoid(trajectory) && ours.images.join() !== theirs.images.join())
    yield { message: `The prefix has other images than that of its source ${source.id}.` }
}

interface Flat {
  tokens: number[]
  sampled: boolean[]
  logprobs: (number | undefined)[]
  images: string[]
}

function flatten(placed: readonly PlacedSegment[], until: number): Flat {
  const flat: Flat = { tokens: [], sampled: [], logprobs: [], images: [] }
  for (const { segment, start } of placed) {
    if (start >= until) break
    segment.tokens.slice(0, until - start).forEach((token, index) => {
      flat.tokens.push(token)
      flat.sampled.push(segment.origin !== 'context')
      flat.logprobs.push(segment.logprobs?.[index])
    })
    for (const { at, hash } of segment.images ?? []) if (at < until) flat.images.push(`${at}:${hash}`)
  }
  return flat
}

function firstDifference(ours: readonly unknown[], theirs: readonly unknown[], length: number): number {
  for (let at = 0; at < length; at += 1)
    if (ours[at] !== theirs[at] || at >= ours.length || at >= theirs.length) return at
  return -1
}
