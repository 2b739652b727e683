import type { Image, JsonValue, ToolOutcome } from '@interleave/trajectory'
import { createToolRunner } from '../runner/create-tool-runner.ts'
import type { Tool } from '../tool.ts'
import type { CallResult, ToolSession } from '../tool-session.ts'

/** What a suite needs besides the tool. */
export interface ToolCheckOptions {
  /** Inputs that must succeed, in an order in which one rollout could make them. At least one. */
  readonly examples: readonly JsonValue[]
  /** Inputs that fit the schema and must give an error observation. */
  readonly rejected?: readonly JsonValue[]
  /** The images that the task would bring. */
  readonly images?: readonly Image[]
}

export interface Subject extends ToolCheckOptions {
  readonly tool: Tool
}

export function openSession({ images = [] }: Subject, tool: Tool, signal?: AbortSignal): ToolSession {
  const rollout = { id: 'rollout', seed: 7, signal: signal ?? new AbortController().signal, images }
  return createToolRunner({ tools: [tool] }).open(rollout)
}

export function callExample(session: ToolSession, tool: Tool, input: JsonValue, number: number): Promise<CallResult> {
  return session.call({ id: `call_${number}`, tool: tool.name, raw: JSON.stringify(input), input })
}

/** The outcomes of all examples in one rollout. */
export async function playExamples(subject: Subject, tool = subject.tool): Promise<ToolOutcome[]> {
  await using session = openSession(subject, tool)
  const outcomes: ToolOutcome[] = []
  for (const [number, input] of subject.examples.entries())
    outcomes.push((await callExample(session, tool, input, number)).outcome)
  return outcomes
}

export function shown(data: unknown): string {
  const text = JSON.stringify(data) ?? 'nothing'
  return text.length > 400 ? `${text.slice(0, 400)}...` : text
}
