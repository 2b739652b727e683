import { defineEnvironment, type Environment, type EnvironmentDefinition } from './environment.ts'

/** What an agent is told of each tool that it may have, by the tool's name. */
const notes: Readonly<Record<string, string>> = {
  python:
    'python: a notebook that keeps its variables from call to call. The images of the conversation are there as `_pil_images`, each also as `image_1`, `image_2` and so on; figures that you show come back to you as images. Measure, count and compute with it rather than by eye or in your head.',
  image_zoom_in:
    'image_zoom_in: a region of an image, magnified. Prefer it to cropping in Python when something is too small to be read for sure. The region becomes a new image of the conversation.',
  search:
    'search: pages of the web. Use it whenever the answer needs knowledge that you do not have or cannot be sure of.',
}

/** What an agent is made of; the system text is written here. */
export interface AgentDefinition extends Omit<EnvironmentDefinition, 'name' | 'version' | 'system'> {
  /** Default `agent`. */
  readonly name?: string
}

/**
 * The environment of an agent that thinks with Python, image zoom and search, as far as these are among its tools: one
 * system prompt for training and evaluation, the answer as `\boxed{…}` inside answer tags. Throws `bad_environment`.
 * Source: the points of the prompt of the AXPO paper (arXiv 2605.28774, appendix A.2), in other words.
 */
export function agentEnvironment({ name = 'agent', ...parts }: AgentDefinition): Environment {
  const known = (parts.tools ?? []).flatMap((tool) => notes[tool.name] ?? [])
  return defineEnvironment({ ...parts, name, version: '1', system: systemText(known) })
}

function systemText(known: readonly string[]): string {
  const toolUse = [
    'You have tools:',
    ...known.map((note) => `- ${note}`),
    'Think before each call about what you expect of it, and afterwards about what came of it. Where a call fails, mend it or go another way.',
  ]
  return [
    'You solve questions about images and texts. Work step by step, and do not stop before the question is answered.',
    ...(known.length === 0 ? [] : toolUse),
    'End with the answer alone, as \\boxed{...} between <answer> and </answer>.',
  ].join('\n')
}
