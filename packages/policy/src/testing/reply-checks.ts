import { expectCheck, skipCheck, type Check } from '@interleave/trajectory/testing'
import { z } from 'zod'
import { capabilitiesSchema } from './capabilities-schema.ts'
import { expectReply } from './expect-reply.ts'
import type { PolicySubject } from './policy-subject.ts'

/** Form and length of single replies. */
export function replyChecks(subject: PolicySubject): Check[] {
  const { stopTokens, maxTokens } = subject.options
  return [
    {
      name: 'capabilities: declared in full',
      run() {
        const parsed = capabilitiesSchema.safeParse(subject.capabilities)
        expectCheck(parsed.success, parsed.error === undefined ? '' : z.prettifyError(parsed.error))
      },
    },
    {
      name: 'reply: ids, one logprob for each where declared, and a finish that fits',
      async run() {
        for (let seed = 1; seed <= 4; seed += 1) {
          const request = subject.request({ seed })
          expectReply(subject.capabilities, request, await subject.send(request))
        }
      },
    },
    {
      name: 'length: never more tokens than asked for',
      async run() {
        for (const maxTokens of [1, 2, 5]) {
          const { tokens, finish } = await subject.ask({ maxTokens })
          expectCheck(tokens.length <= maxTokens, `${maxTokens} tokens were asked for and ${tokens.length} came`)
          const stopped = stopTokens.includes(tokens.at(-1) ?? -1)
          expectCheck(stopped || finish === 'length', `a reply cut at ${maxTokens} tokens says finish "${finish}"`)
        }
      },
    },
    {
      name: 'stop: ends at a stop token, keeps it, and says so',
      async run() {
        let stops = 0
        for (let seed = 1; seed <= 8; seed += 1) {
          // A token from the middle of a reply is likely to be drawn again.
          const { tokens: seen } = await subject.ask({ seed })
          const stopping = [...stopTokens, seen[seen.length >> 1] ?? seen[0] ?? 0]
          const { tokens, finish, matchedStop } = await subject.ask({ seed, stopTokens: stopping })
          const first = tokens.findIndex((token) => stopping.includes(token))
          expectCheck(finish !== 'stop' || first !== -1, 'finish is "stop" and no stop token was kept')
          if (first === -1) continue
          stops += 1
          expectCheck(
            first === tokens.length - 1,
            `drawing went on for ${tokens.length - 1 - first} tokens after a stop token`,
          )
          expectCheck(finish === 'stop', `a reply that ends on a stop token says finish "${finish}"`)
          const matched = typeof matchedStop !== 'number' || matchedStop === tokens.at(-1)
          expectCheck(matched, `matchedStop is ${matchedStop}, the reply ends on ${tokens.at(-1)}`)
        }
        if (stops === 0) skipCheck('no reply drew a stop token')
      },
    },
    {
      name: 'probabilities: those of different first tokens add up to no more than 1',
      async run() {
        if (subject.capabilities.logprobs === 'none') skipCheck('no logprobs are declared')
        const seen = new Map<number, number>()
        for (let seed = 1; seed <= 24; seed += 1) {
          const { tokens, logprobs } = await subject.ask({ seed, maxTokens: 1 })
          const [token, logprob] = [tokens[0], logprobs?.[0]]
          expectCheck(token !== undefined && logprob !== undefined, 'a reply of one token lacks it or its logprob')
          seen.set(token, Math.exp(logprob))
        }
        const sum = [...seen.values()].reduce((total, probability) => total + probability, 0)
        // Servers compute in half precision, and not quite alike each time.
        expectCheck(sum <= 1.02, `the probabilities of ${seen.size} different first tokens add up to ${sum.toFixed(3)}`)
      },
    },
    {
      name: 'weight versions: cover the drawn tokens once and in order',
      async run() {
        subject.needs('weightVersions')
        const { tokens, weightVersions } = await subject.ask()
        expectCheck(weightVersions !== undefined, 'weight versions are declared and missing')
        let end = 0
        for (const span of weightVersions) {
          expectCheck(
            span.start === end && span.end >= end,
            `a span starts at ${span.start} where the last ended at ${end}`,
          )
          end = span.end
        }
        expectCheck(end === tokens.length, `weight versions cover ${end} of ${tokens.length} tokens`)
      },
    },
    {
      name: 'request: is left as it was',
      async run() {
        const request = subject.request({ maxTokens })
        const { signal: _, ...data } = request
        const before = structuredClone({ ...data, images: data.images.map(({ hash }) => hash) })
        await subject.send(request)
        const after = { ...data, images: data.images.map(({ hash }) => hash) }
        expectCheck(
          JSON.stringify(after) === JSON.stringify(before),
          'the request was written to; copy what you change',
        )
      },
    },
  ]
}
