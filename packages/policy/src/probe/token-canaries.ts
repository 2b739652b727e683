import type { LogprobSemantics } from '@interleave/trajectory'
import { checkPrompt } from '../wire/fold-prompt.ts'
import type { WireReply } from '../wire/wire.ts'
import type { CanaryContext } from './canary-context.ts'
import type { Finding } from './finding.ts'

/** Whether the ids of the prompt reach the model as they were sent. Throws a `prompt_mismatch` fault where they do not. */
export function idsKept({ ids }: CanaryContext, reply: WireReply): Finding {
  const canary = 'ids kept'
  const { letters, word } = ids
  const hard = word !== undefined && word.length < letters.length
  const how = hard ? `a word of ${word.length} tokens, sent as ${letters.length}` : `${letters.length} ids`
  if (reply.prompt !== undefined) {
    checkPrompt(letters, reply.prompt, [], undefined)
    return { canary, verdict: 'passed', detail: `${how}, came back as sent` }
  }
  if (reply.promptCount === undefined)
    return { canary, verdict: 'not_proven', detail: 'the server does not tell what prompt the model saw' }
  if (reply.promptCount !== letters.length)
    return {
      canary,
      verdict: 'failed',
      detail: `${how}, became ${reply.promptCount} tokens: the server encodes text again`,
    }
  if (!hard) return { canary, verdict: 'not_proven', detail: 'only their number is told, and no text to try it with' }
  return { canary, verdict: 'passed', detail: `${how}, counted as sent` }
}

/** Whether every token has one, also within a character: some servers leave out what they cannot show as text. */
export async function logprobPerToken({ ask, ids }: CanaryContext, reply: WireReply): Promise<Finding> {
  const canary = 'logprob per token'
  if (reply.logprobs === undefined) return { canary, verdict: 'failed', detail: 'no logprobs came' }
  const parts = ids.part === undefined ? undefined : await ask({ force: ids.part, maxTokens: 4 })
  for (const { tokens, logprobs = [] } of parts === undefined ? [reply] : [reply, parts])
    if (logprobs.length !== tokens.length) {
      const where = tokens === parts?.tokens ? ' that are parts of characters' : ''
      return { canary, verdict: 'failed', detail: `${logprobs.length} logprobs for ${tokens.length} tokens${where}` }
    }
  const also = parts === undefined ? '' : `, and for ${parts.tokens.length} that are parts of characters`
  return { canary, verdict: 'passed', detail: `one for each of ${reply.tokens.length} tokens${also}` }
}

/** Forces one id, at which the turn is to stop: it must be there, and be the end. */
export async function stopIdKept({ ask, ids, wire }: CanaryContext): Promise<Finding> {
  const canary = 'stop id kept'
  const [stop = 0] = ids.letters
  const { tokens, finish } = await ask({ force: stop, stopTokens: [stop], maxTokens: 4 })
  const seen = `forced the stop token ${stop}: ${tokens.join(' ') || 'no token'}, ended with "${finish}"`
  if (tokens[0] === stop && tokens.length === 1 && finish === 'stop') return { canary, verdict: 'passed', detail: seen }
  if (tokens[0] !== stop && tokens.length > 0)
    return { canary, verdict: 'not_proven', detail: `${wire.driver} did not draw the id that was forced` }
  return { canary, verdict: 'failed', detail: seen }
}

/**
 * What logprobs are of. Two tokens forced in turn cannot both be likely: where both are said to be, forcing is counted in
 * (processed). Otherwise the same token at another temperature has the same logprob (raw) or another one (scaled).
 */
export async function logprobMeaning(context: CanaryContext): Promise<{ finding: Finding; meaning: LogprobSemantics }> {
  const canary = 'logprob meaning'
  const [one = 0, other = 1] = new Set(context.ids.letters)
  const forced = async (force: number, temperature: number): Promise<number | undefined> => {
    const { tokens, logprobs } = await context.ask({ force, temperature, maxTokens: 1 })
    return tokens[0] === force ? logprobs?.[0] : undefined
  }
  const warm = await forced(one, 1)
  const cool = await forced(one, 0.5)
  const second = await forced(other, 1)
  if (warm === undefined || cool === undefined || second === undefined)
    return { finding: { canary, verdict: 'not_proven', detail: 'a forced token was not drawn' }, meaning: 'none' }
  const meaning =
    Math.exp(warm) + Math.exp(second) > 1.02 ? 'processed' : Math.abs(warm - cool) < 0.05 ? 'raw' : 'scaled'
  const shown = `a forced token has ${warm.toFixed(2)} at temperature 1 and ${cool.toFixed(2)} at 0.5, another one ${second.toFixed(2)}`
  return { finding: { canary, verdict: 'passed', detail: `${meaning}: ${shown}` }, meaning }
}

export async function seedRepeats({ ask }: CanaryContext): Promise<Finding> {
  const canary = 'seed'
  const replies = [await ask({ seed: 7, maxTokens: 16 }), await ask({ seed: 7, maxTokens: 16 })]
  const [first, again] = replies.map(({ tokens }) => tokens.join(' '))
  return first === again
    ? { canary, verdict: 'passed', detail: 'one seed gave the same tokens twice' }
    : { canary, verdict: 'failed', detail: 'one seed gave two different replies' }
}

export function weightVersion({ tokens, weightVersions }: WireReply): Finding {
  const canary = 'weight version'
  if (weightVersions === undefined || weightVersions.length === 0)
    return { canary, verdict: 'not_proven', detail: 'replies do not name it' }
  const names = weightVersions.map(({ version }) => version).join(', ')
  const covered = weightVersions.at(-1)?.end === tokens.length && weightVersions[0]?.start === 0
  return covered
    ? { canary, verdict: 'passed', detail: `replies name it: ${names}` }
    : { canary, verdict: 'failed', detail: `${names} does not cover the tokens` }
}
