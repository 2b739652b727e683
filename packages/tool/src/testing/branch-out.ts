import type { JsonValue, ToolOutcome } from '@interleave/trajectory'
import { expectCheck } from '@interleave/trajectory/testing'
import type { Tool } from '../tool.ts'
import type { ToolSession } from '../tool-session.ts'
import { callExample, openSession, shown, type Subject } from './subject.ts'

/** Plays all examples, branches, plays them again in the branch, then in the source: the two must be equal. */
export async function branchOut(subject: Subject, tool: Tool): Promise<ToolOutcome[]> {
  await using source = openSession(subject, tool)
  await playOn(source, tool, subject.examples)
  await using branch = await source.fork({ id: 'rollout', seed: 7, signal: new AbortController().signal })
  const branched = await playOn(branch, tool, subject.examples)
  const went = await playOn(source, tool, subject.examples)
  expectCheck(
    JSON.stringify(branched) === JSON.stringify(went),
    `the branch answers ${shown(branched)}, its source ${shown(went)}; make what \`fork\` returns independent and complete`,
  )
  return branched
}

async function playOn(session: ToolSession, tool: Tool, inputs: readonly JsonValue[]): Promise<ToolOutcome[]> {
  const outcomes: ToolOutcome[] = []
  for (const [number, input] of inputs.entries()) {
    const { outcome } = await callExample(session, tool, input, number)
    outcomes.push(outcome)
  }
  return outcomes
}
