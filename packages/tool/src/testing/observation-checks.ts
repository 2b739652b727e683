import { textOf, type JsonValue, type ToolOutcome } from '@interleave/trajectory'
import { expectCheck, skipCheck, type Check } from '@interleave/trajectory/testing'
import { callTool } from './call-tool.ts'
import { leaksIn } from './leaks.ts'
import { playExamples, shown, type Subject } from './subject.ts'

export function observationChecks(subject: Subject): Check[] {
  const { examples, images = [], rejected = [], tool } = subject
  return [
    {
      name: 'every example succeeds, within the limits',
      async run() {
        for (const outcome of await playExamples(subject)) {
          expectCheck(outcome.status === 'ok', `call ${outcome.index} failed: ${outcome.error?.message}`)
          expectCheck(
            outcome.truncated === undefined,
            `the output of call ${outcome.index} was cut: raise maxOutputChars`,
          )
        }
      },
    },
    {
      name: 'the same calls give the same bytes',
      async run() {
        const [first, second] = [await playExamples(subject), await playExamples(subject)]
        expectCheck(
          JSON.stringify(first) === JSON.stringify(second),
          `two rollouts of one seed differ: ${shown(first)} and ${shown(second)}; use call.random() for chance, and no clock`,
        )
      },
    },
    {
      name: 'bad input is answered with invalid_input',
      async run() {
        for (const input of badInputs(subject)) {
          const outcome = await answered(subject, input)
          if (tool.input.safeParse(input).success) continue
          expectCheck(outcome.error?.code === 'invalid_input', `${shown(input)} was answered ${shown(outcome.error)}`)
        }
      },
    },
    {
      name: 'what must be rejected is an error observation',
      async run() {
        if (rejected.length === 0) skipCheck('no `rejected` inputs were given')
        for (const input of rejected) {
          const { error, status } = await answered(subject, input)
          expectCheck(status === 'error', `${shown(input)} succeeded`)
          expectCheck(error?.code !== 'invalid_input', `${shown(input)} does not fit the schema; give inputs that do`)
        }
      },
    },
    {
      // Heuristics over the text: see `leaksIn` for what they look for and why.
      name: 'no observation tells of the machine or the time',
      async run() {
        for (const outcome of await playExamples(subject)) expectNoLeak(outcome)
        for (const input of [...rejected, ...badInputs(subject)]) expectNoLeak(await answered(subject, input))
      },
    },
  ]

  async function answered(_: Subject, input: JsonValue): Promise<ToolOutcome> {
    return (await callTool(tool, input, { images, seed: 7 })).outcome
  }

  function expectNoLeak(outcome: ToolOutcome): void {
    const given = JSON.stringify(examples)
    const [leak] = leaksIn(`${textOf(outcome.content)}\n${JSON.stringify(outcome.value ?? null)}`, given)
    expectCheck(leak === undefined, `the observation holds ${leak?.what}: ${shown(leak?.text)}`)
  }
}

function badInputs({ examples, rejected = [] }: Subject): JsonValue[] {
  const bad: JsonValue[] = [null, 'text', 42, [], {}, { unexpected: { deep: [null] } }]
  for (const example of [...examples, ...rejected].slice(0, 4)) {
    if (typeof example !== 'object' || example === null || Array.isArray(example)) continue
    for (const key of Object.keys(example)) {
      const { [key]: _, ...rest } = example
      bad.push(rest, { ...rest, [key]: null }, { ...rest, [key]: { unexpected: true } }, { ...rest, [key]: [[[]]] })
    }
  }
  return bad
}
