import { setTimeout as sleep } from 'node:timers/promises'
import type { ToolOutcome } from '@interleave/trajectory'
import { expectCheck, skipCheck, type Check } from '@interleave/trajectory/testing'
import type { RolloutContext, Tool } from '../tool.ts'
import { branchOut } from './branch-out.ts'
import { callExample, openSession, playExamples, shown, type Subject } from './subject.ts'

const graceMs = 1_000

export function lifecycleChecks(subject: Subject): Check[] {
  const { examples, tool } = subject
  return [
    {
      name: 'a call ends soon after its signal fires',
      async run() {
        let working: Promise<unknown> | undefined
        const watched = watchRun(tool, (output) => {
          working = Promise.resolve(output).catch(() => {})
        })
        for (const [number, input] of examples.entries()) {
          const controller = new AbortController()
          await using session = openSession(subject, watched, controller.signal)
          const call = callExample(session, watched, input, number).catch(() => {})
          await sleep(0)
          controller.abort()
          const ended = await Promise.race([Promise.resolve(working).then(() => true), sleep(graceMs, false)])
          await call
          expectCheck(
            ended,
            `example ${number} still ran ${graceMs} ms after call.signal fired: pass it on to what you wait for`,
          )
        }
      },
    },
    {
      name: 'rollouts do not see each other',
      async run() {
        const alone = await playExamples(subject)
        await using one = openSession(subject, tool)
        await using other = openSession(subject, tool)
        const seen: [ToolOutcome[], ToolOutcome[]] = [[], []]
        for (const [number, input] of examples.entries()) {
          const both = [callExample(one, tool, input, number), callExample(other, tool, input, number)] as const
          const [first, second] = await Promise.all(both)
          seen[0].push(first.outcome)
          seen[1].push(second.outcome)
        }
        for (const outcomes of seen)
          expectCheck(
            JSON.stringify(outcomes) === JSON.stringify(alone),
            `beside another rollout it answers ${shown(outcomes)}, alone ${shown(alone)}; keep state in \`setup\` only`,
          )
      },
    },
    {
      name: 'what a rollout set up is released, once',
      async run() {
        if (tool.setup === undefined) skipCheck('the tool has no setup')
        let due = 0
        let done = 0
        const counted = countReleases(tool, { due: () => (due += 1), done: () => (done += 1) })
        const session = openSession(subject, counted)
        for (const [number, input] of examples.entries()) await callExample(session, counted, input, number)
        await session[Symbol.asyncDispose]()
        await session[Symbol.asyncDispose]()
        expectCheck(done === due, `${due} releases were registered with defer, ${done} were run`)
        expectCheck(session.releaseFailures.length === 0, `a release failed: ${session.releaseFailures.join('; ')}`)
      },
    },
    {
      name: 'a branch goes on like its source, and apart from it',
      async run() {
        if (tool.setup === undefined) skipCheck('the tool has no state to branch')
        const ways = tool.fork === undefined ? [tool] : [tool, withoutFork(tool)]
        const endings = []
        for (const way of ways) endings.push(await branchOut(subject, way))
        const [first, second = first] = endings
        expectCheck(
          JSON.stringify(first) === JSON.stringify(second),
          `after fork it answers ${shown(first)}, after replay ${shown(second)}`,
        )
      },
    },
  ]
}

function withoutFork(tool: Tool): Tool {
  const copy: { -readonly [Key in keyof Tool]: Tool[Key] } = { ...tool }
  delete copy.fork
  return copy
}

function watchRun(tool: Tool, watch: (output: unknown) => void): Tool {
  return {
    ...tool,
    run(input, call) {
      const output = tool.run(input, call)
      watch(output)
      return output
    },
  }
}

function countReleases(tool: Tool, count: { due: () => void; done: () => void }): Tool {
  const counting = (rollout: RolloutContext): RolloutContext => ({
    id: rollout.id,
    seed: rollout.seed,
    signal: rollout.signal,
    images: rollout.images,
    defer(release) {
      count.due()
      rollout.defer(async () => {
        count.done()
        await release()
      })
    },
  })
  return { ...tool, setup: (rollout) => tool.setup?.(counting(rollout)) }
}
