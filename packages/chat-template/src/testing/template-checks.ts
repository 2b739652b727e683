import type { ContentPart } from '@interleave/trajectory'
import { expectCheck, skipCheck, type Check } from '@interleave/trajectory/testing'
import type { ChatTemplate } from '../chat-template.ts'
import {
  checkPads,
  checkTiling,
  image,
  observed,
  outcome,
  prompt,
  refusesImages,
  rendered,
  same,
  wildTurns,
} from './template-probes.ts'
import { callChecks } from './call-checks.ts'
import { textChecks } from './text-checks.ts'
import { templateWriter, type TemplateWriter } from './template-writer.ts'

/** The conformance suite of a chat template: ids in, ids out, nothing ever encoded again, text never becomes structure. */
export function templateChecks(template: ChatTemplate): Check[] {
  let found: TemplateWriter | undefined
  const takesImages = !refusesImages(template)
  const images = (count: number): ContentPart[] => Array.from({ length: takesImages ? count : 0 }, () => image)
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
      const content: ContentPart[] = [{ type: 'text', text: 'What is this? ' }, ...images(1)]
      expectCheck(same(prompt(template, content), prompt(template, content)), 'Two renders of one prompt differ.')
      expectCheck(same(observed(template, content), observed(template, content)), 'Two renders of one outcome differ.')
    }),
    check('puts one pad in the place of each image', () => {
      if (images(1).length === 0) skipCheck('This template is for models that see no images, and refuses them.')
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
    ...textChecks(template),
    check('goes on after a turn by appending: one observation for each outcome, the same whatever came before', () => {
      const outcomes = [outcome([{ type: 'text', text: 'first' }]), outcome(images(1)), outcome([])]
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
    ...callChecks(template, writer),
  ]
}
