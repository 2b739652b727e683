import { expectCheck, skipCheck, type Check } from '@interleave/trajectory/testing'
import { equalTokens } from './equal-tokens.ts'
import { expectReply } from './expect-reply.ts'
import type { PolicySubject } from './policy-subject.ts'

/** What must be equal between requests: seeds, greedy sampling, going on, requests at once. */
export function repeatChecks(subject: PolicySubject): Check[] {
  const { prompt, maxTokens } = subject.options
  const greedy = { temperature: 0 }
  return [
    {
      name: 'seed: the same gives the same tokens, others differ',
      async run() {
        subject.needs('seeded')
        const different = new Set<string>()
        for (let seed = 1; seed <= 8; seed += 1) {
          const first = await subject.ask({ seed })
          const again = await subject.ask({ seed })
          expectCheck(equalTokens(first.tokens, again.tokens), `seed ${seed} gave two different replies`)
          different.add(first.tokens.join(' '))
        }
        expectCheck(different.size > 1, 'eight seeds gave one and the same reply')
      },
    },
    {
      name: 'greedy: temperature 0 gives the same tokens whatever the seed',
      async run() {
        const { tokens } = await subject.ask({ ...greedy, seed: 1 })
        for (let seed = 2; seed <= 4; seed += 1)
          expectCheck(equalTokens((await subject.ask({ ...greedy, seed })).tokens, tokens), 'two greedy replies differ')
      },
    },
    {
      name: 'continuation: goes on from sampled tokens, and greedily to the same end',
      async run() {
        const { tokens } = await subject.ask(greedy)
        if (tokens.length < 2) skipCheck('the greedy reply is a single token')
        for (const cut of new Set([1, tokens.length >> 1, tokens.length - 1])) {
          const asked = { ...greedy, tokens: [...prompt, ...tokens.slice(0, cut)], maxTokens: maxTokens - cut }
          const request = subject.request(asked)
          const rest = await subject.send(request)
          expectReply(subject.capabilities, request, rest)
          if (subject.capabilities.exact)
            expectCheck(
              equalTokens(rest.tokens, tokens.slice(cut)),
              `going on after ${cut} sampled tokens gives another end`,
            )
        }
      },
    },
    {
      name: 'concurrency: 32 requests at once get what each gets alone',
      async run() {
        const seeds = Array.from({ length: 32 }, (_, index) => index + 1)
        const requests = seeds.map((seed) => subject.request({ seed }))
        const together = await Promise.all(requests.map((request) => subject.send(request)))
        for (const [index, seed] of seeds.entries()) {
          const [request, reply] = [requests[index], together[index]]
          expectCheck(request !== undefined && reply !== undefined, 'a request got no reply')
          expectReply(subject.capabilities, request, reply)
          if (!subject.capabilities.seeded) continue
          const alone = await subject.ask({ seed })
          expectCheck(
            equalTokens(alone.tokens, reply.tokens),
            `the reply to seed ${seed} changes when others are under way`,
          )
        }
      },
    },
  ]
}
