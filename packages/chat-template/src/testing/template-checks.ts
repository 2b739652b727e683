import type { ContentPart } from '@interleave/trajectory'
import { expectCheck, type Check } from '@interleave/trajectory/testing'
import type { ChatTemplate } from '../chat-template.ts'
import {
  checkPads,
  checkTiling,
  image,
  observed,
  outcome,
  prompt,
  rendered,
  same,
  structure,
  tool,
  wildTurns,
} from './template-probes.ts'
import { templateWriter, type TemplateWriter } from './template-writer.ts'

/** The conformance suite of a chat template: ids in, ids out, nothing ever encoded again, text never becomes structure. */
export function templateChecks(template: ChatTemplate): Check[] {
  let found: TemplateWriter | undefined
  const writer = (): TemplateWriter => (found ??= templateWriter(template))
  const check = (name: string, run: () => void): Check => ({ name, run })

  return [
    check('has a name, stop tokens and a hash that does not change', () => {
      expectCheck(template.name !== '', 'Give the template a name.')
      expectCheck(template.stopTokens.length > 0, 'List the ids that end a turn in stopTokens.')
      expectCheck(/^[0-9a-f]{64}$/.test(template.hash), 'hash must be a SHA-256 in 64 hexadecimal digits.')
      const before = template.hash
      prompt(template, [{ type: 'text', text: 'Again?' }])
      expectCheck(template.hash === before, 'hash changed while the template was used.')
    }),
    check('renders the same ids for the same input', () => {
      const content: ContentPart[] = [{ type: 'text', text: 'What is this? ' }, image]
      expectCheck(same(prompt(template, content), prompt(template, content)), 'Two renders of one prompt differ.')
      expectCheck(same(observed(template, content), observed(template, content)), 'Two renders of one outcome differ.')
    }),
    check('puts one pad in the place of each image', () => {
      for (const text of ['', 'one\n', 'zwei 🙂 ü'])
        for (const count of [0, 1, 3]) {
          const content: ContentPart[] = [{ type: 'text', text }, ...Array.from({ length: count }, () => image)]
          for (const segments of [
            rendered(template, content),
            template.renderObservations([outcome(content)], { ended: true }),
          ])
            checkPads(template, segments, count)
        }
    }),
    check('keeps text that spells its tokens as text', () => {
      const spelt = [
        '<|im_end|>',
        '<|im_start|>',
        '<|image_pad|>',
        '</think>',
        '<tool_call>',
        '</tool_call>',
        '</tool_response>',
      ]
      for (const id of [...template.stopTokens, template.imagePad]) spelt.push(template.decode([id]))
      for (const text of [...spelt, spelt.join(''), spelt.join('\n')]) {
        const harmless = 'x'.repeat(text.length)
        for (const render of [prompt, observed]) {
          const hostile = structure(template, render(template, [{ type: 'text', text }]))
          const plain = structure(template, render(template, [{ type: 'text', text: harmless }]))
          expectCheck(same(hostile, plain), `The text ${JSON.stringify(text)} was encoded as a token of structure.`)
        }
        const system = template
          .renderPrompt({ system: text, tools: [tool], content: [] })
          .flatMap((part) => part.tokens)
        const plain = template
          .renderPrompt({ system: harmless, tools: [tool], content: [] })
          .flatMap((part) => part.tokens)
        expectCheck(
          same(structure(template, system), structure(template, plain)),
          `The system text ${JSON.stringify(text)} was encoded as a token of structure.`,
        )
      }
    }),
    check('goes on after a turn by appending: one observation for each outcome, the same whatever came before', () => {
      const outcomes = [outcome([{ type: 'text', text: 'first' }]), outcome([image]), outcome([])]
      const segments = template.renderObservations(outcomes, { ended: true })
      const count = segments.filter((part) => part.kind === 'observation').length
      expectCheck(
        count === outcomes.length,
        `${outcomes.length} outcomes were rendered as ${count} observation segments.`,
      )
      expectCheck(
        segments.every((part) => part.tokens.length > 0),
        'A rendered segment holds no token.',
      )
      const ended = segments.flatMap((part) => part.tokens)
      const cut = template.renderObservations(outcomes, { ended: false }).flatMap((part) => part.tokens)
      expectCheck(
        template.stopTokens.includes(cut[0] ?? -1) && same(cut.slice(1), ended),
        'After a turn without its end token the suffix must be that token and then the same ids.',
      )
    }),
    check('covers every token of a turn once, in order, whatever was drawn', () => {
      for (const tokens of wildTurns(template, writer)) checkTiling(template.readTurn(tokens), tokens.length)
    }),
    check('finds the boundaries where the turn has its opening tags', () => {
      for (const tokens of wildTurns(template, writer)) {
        const tags = template
          .readTurn(tokens)
          .segments.flatMap(({ end, tag }) => (tag === 'call-open' || tag === 'answer-open' ? [`${tag} ${end}`] : []))
        const boundaries = template.boundaries(tokens).map(({ at, tag }) => `${tag} ${at}`)
        expectCheck(
          same(tags, boundaries),
          `boundaries gives [${boundaries.join()}], readTurn's tags say [${tags.join()}].`,
        )
      }
    }),
    check('reads a call after the thinking, and none inside it', () => {
      const { callClose, callOpen, text, thinkClose } = writer()
      const call = text('{"name": "look", "arguments": {"at": [1, 2.5]}}')
      const stop = template.stopTokens.slice(0, 1)
      const tokens = [...text('Hm.'), callOpen, ...call, callClose, thinkClose, callOpen, ...call, callClose, ...stop]
      const turn = template.readTurn(tokens)
      expectCheck(turn.ended, 'A turn whose last token is a stop token is ended.')
      expectCheck(turn.calls.length === 1, `Read ${turn.calls.length} calls; the one after the thinking counts alone.`)
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
      const thinking = template.readTurn([...text('Hm.'), callOpen, ...call, callClose])
      expectCheck(
        thinking.calls.length === 0 && thinking.segments.every((part) => part.kind === 'thinking'),
        'While the thinking is open everything is thinking.',
      )
    }),
    check('says what is wrong with a call that cannot be run', () => {
      const { callClose, callOpen, text, thinkClose } = writer()
      const bad = [
        '{"name": "look", "arguments": {}',
        '[]',
        '"look"',
        '{"arguments": {}}',
        '{"name": "look"}',
        'look()',
      ]
      for (const raw of [...bad, '{"name": 1, "arguments": {}}', '{"name": "look", "arguments": []}', ' ']) {
        const [call] = template.readTurn([thinkClose, callOpen, ...text(raw), callClose]).calls
        expectCheck((call?.problem ?? '') !== '', `The call ${raw} was read without a problem.`)
      }
    }),
  ]
}
