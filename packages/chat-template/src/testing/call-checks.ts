import { expectCheck, type Check } from '@interleave/trajectory/testing'
import type { ChatTemplate } from '../chat-template.ts'
import type { TemplateWriter } from './template-writer.ts'

/** How a template reads calls: where they count, when they are closed, and what is wrong with them. */
export function callChecks(template: ChatTemplate, writer: () => TemplateWriter): Check[] {
  // Ids up to where a call counts: the end of the thinking, where the turn begins inside it.
  const lead = ({ begins, thinkClose }: TemplateWriter): number[] =>
    begins === 'thinking' && thinkClose !== undefined ? [thinkClose] : []

  function readsCalls(): void {
    const { begins, callClose, callOpen, text, thinkClose } = writer()
    const call = text('{"name": "look", "arguments": {"at": [1, 2.5]}}')
    const tokens = [...text('Hm.'), ...lead(writer()), callOpen, ...call, callClose, ...template.stopTokens.slice(0, 1)]
    const turn = template.readTurn(tokens)
    expectCheck(turn.ended, 'A turn whose last token is a stop token is ended.')
    expectCheck(turn.calls.length === 1, `Read ${turn.calls.length} calls where there is one.`)
    const [read] = turn.calls
    expectCheck(
      read?.tool === 'look' && JSON.stringify(read.input) === '{"at":[1,2.5]}' && read.problem === undefined,
      `The call was read as ${JSON.stringify(read)}.`,
    )
    const open = template.readTurn(tokens.slice(0, -2))
    expectCheck(
      !open.ended && open.calls[0]?.closed === false,
      'A call that was not closed must be read, with closed: false.',
    )
    expectCheck(open.calls[0]?.problem !== undefined, 'A call that was not closed needs a problem for the model.')
    if (begins === 'text' || thinkClose === undefined) return
    const inside = [callOpen, ...call, callClose]
    const thinking = template.readTurn([...text('Hm.'), ...inside])
    expectCheck(
      thinking.calls.length === 0 && thinking.segments.every((part) => part.kind === 'thinking'),
      'While the thinking is open everything is thinking: the prompt ends inside it.',
    )
    expectCheck(
      template.readTurn([...inside, thinkClose, ...inside]).calls.length === 1,
      'A call inside the thinking does not count; the one after it does.',
    )
  }

  function readsSeveral(): void {
    const { callClose, callOpen, text } = writer()
    const one = [callOpen, ...text('{"name": "look", "arguments": {}}'), callClose]
    const tokens = [...lead(writer()), ...one, ...text(' '), ...one, ...one]
    expectCheck(template.readTurn(tokens).calls.length === 3, 'Three calls in one turn must be read as three.')
    const [first] = template.boundaries(tokens)
    expectCheck(
      first !== undefined && tokens[first.at - 1] === callOpen && !tokens.slice(0, first.at - 1).includes(callOpen),
      'The first boundary lies just after the first opening tag.',
    )
  }

  function saysWhatIsWrong(): void {
    const { callClose, callOpen, text } = writer()
    const bad = ['{"name": "look", "arguments": {}', '[]', '"look"', '{"arguments": {}}', '{"name": "look"}', 'look()']
    for (const raw of [...bad, '{"name": 1, "arguments": {}}', '{"name": "look", "arguments": []}', ' ']) {
      const [call] = template.readTurn([...lead(writer()), callOpen, ...text(raw), callClose]).calls
      expectCheck((call?.problem ?? '') !== '', `The call ${raw} was read without a problem.`)
    }
  }

  return [
    { name: 'reads a call where it counts, and none inside the thinking', run: readsCalls },
    { name: 'reads several calls of one turn', run: readsSeveral },
    { name: 'says what is wrong with a call that cannot be run', run: saysWhatIsWrong },
  ]
}
