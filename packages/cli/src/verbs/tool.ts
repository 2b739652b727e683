import { callTool } from '@interleave/tool/testing'
import { InterleaveError } from '@interleave/trajectory'
import { repeatedOption } from '../input/repeated-option.ts'
import { note, writeJsonLine } from '../report/write-line.ts'
import { keepImages } from '../tool-call/keep-images.ts'
import { listTools } from '../tool-call/list-tools.ts'
import { openTool } from '../tool-call/open-tool.ts'
import { readArguments, readImageFiles } from '../tool-call/read-arguments.ts'
import { defineVerb, wholeNumber, type Verb } from '../verb.ts'

/** One call of a tool, in a rollout of its own. */
export const tool: Verb = {
  ...callVerb([]),
  run(words, signal) {
    const { rest, values } = repeatedOption('image', words)
    return callVerb(values).run(rest, signal)
  },
}

function callVerb(files: readonly string[]): Verb {
  return defineVerb({
    name: 'tool',
    description: 'Call a tool from the shell, with images in and out. Without a name: the tools and what they do.',
    args: {
      name: { type: 'positional', required: false, description: 'a tool, or the path of a module that exports one' },
      arguments: { type: 'positional', required: false, description: 'JSON; - is stdin', default: '{}' },
      image: { type: 'string', valueHint: 'file', description: 'an image of the rollout; may be given several times' },
      out: { type: 'string', valueHint: 'folder', description: 'write the images of the result there' },
      seed: { type: 'string', valueHint: 'number', default: '1', description: 'seed of the rollout' },
      json: { type: 'boolean', description: 'the whole outcome as one JSON line' },
    },
    async run(args, signal) {
      if (args.name === undefined) return listTools(args.json === true)
      const seed = wholeNumber('seed', args.seed)
      const input = await readArguments(args.arguments, signal)
      const images = await readImageFiles(files)
      await using opened = await openTool(args.name)
      const result = await callTool(opened.tool, input, { images, seed, signal })
      const { outcome } = result
      if (args.json) await writeJsonLine(outcome)
      else process.stdout.write(observationText(outcome.content))

      const count = outcome.content.filter(({ type }) => type === 'image').length
      const counted = `${count} ${count === 1 ? 'image' : 'images'}`
      if (args.out !== undefined) {
        const kept = await keepImages(args.out, outcome, [...images, ...result.images])
        note(`${counted}${kept.length === 0 ? '' : `: ${kept.join(', ')}`}`)
      } else if (count > 0) note(`${counted}; --out FOLDER keeps them.`)
      if (outcome.status === 'error')
        throw new InterleaveError('tool_error', `${outcome.tool} answered with the error ${outcome.error?.code}.`)
    },
  })
}

/** The text of an observation as lines. */
function observationText(content: readonly { readonly type: string; readonly text?: string }[]): string {
  const lines = content.flatMap(({ text }) => (text === undefined || text === '' ? [] : [text.replace(/\n$/, '')]))
  return lines.map((line) => `${line}\n`).join('')
}
