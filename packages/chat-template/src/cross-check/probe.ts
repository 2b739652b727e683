import { InterleaveError, type ImagePart, type ToolOutcome, type ToolSchema } from '@interleave/trajectory'
import type { ChatTemplate } from '../chat-template.ts'

/** What both sides of a comparison encode: small, with blanks, scripts, digits and JSON, and no spelling of a token. */
export const probe = {
  system: 'Be brief.\n\nAnswer in \\boxed{}.',
  tools: [
    {
      name: 'look',
      description: 'Cuts a "box" out, 0-1000; größer 検索',
      input: { type: 'object', properties: { box: { type: 'array', items: { type: 'number' } } }, required: ['box'] },
    },
    { name: 'python', description: '', input: { type: 'object', properties: {} } },
  ] satisfies ToolSchema[],
  text: "How many?\n\n  3.14159 naïve café 日本語 🙂 don't \t\r\n",
  observations: ['ok\n', ' {"a": [1, 2.5]}'],
  image: { type: 'image', hash: '0'.repeat(64), mime: 'image/png', width: 64, height: 64 } satisfies ImagePart,
} as const

/** The outcomes of the probe's calls. */
export const probeOutcomes: readonly ToolOutcome[] = probe.observations.map((text, index) => ({
  callId: `probe-${index}`,
  tool: 'look',
  index,
  status: 'ok',
  content: [{ type: 'text', text }],
}))

/** A tool as OpenAI's messages and published templates describe it. */
export function functionTool({ description, input, name }: ToolSchema): object {
  return { type: 'function', function: { name, description, parameters: input } }
}

/** Throws `other_ids` with the first place where the ids of one thing differ. */
export function expectSame(
  template: ChatTemplate,
  what: string,
  ours: readonly number[],
  other: { readonly name: string; readonly ids: readonly number[] },
): void {
  let at = 0
  while (at < ours.length && ours[at] === other.ids[at]) at += 1
  if (at === ours.length && at === other.ids.length) return
  const shown = (ids: readonly number[]): string =>
    at >= ids.length
      ? 'nothing more'
      : `${ids.slice(at, at + 4).join()} ${JSON.stringify(template.decode(ids.slice(at, at + 4)))}`
  throw new InterleaveError(
    'other_ids',
    `${what}: after ${at} ids in common, ${template.name} has ${shown(ours)} and ${other.name} has ${shown(other.ids)}. ` +
      'Use the template and the tokenizer of the model that is served.',
  )
}
