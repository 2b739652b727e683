import { stripVTControlCharacters } from 'node:util'
import { InterleaveError, messageOf } from '@interleave/trajectory'
import { parseArgs, type ArgsDef, type ParsedArgs } from 'citty'

/** One verb of the command line. */
export interface Verb {
  readonly name: string
  readonly description: string
  readonly args: ArgsDef
  run(words: readonly string[], signal: AbortSignal): Promise<void>
}

/** A verb whose options are parsed by their definition; an unknown option or a missing one is a `usage` error. */
export function defineVerb<const Args extends ArgsDef>(verb: {
  name: string
  description: string
  args: Args
  run(args: ParsedArgs<Args>, signal: AbortSignal): Promise<void>
}): Verb {
  return {
    name: verb.name,
    description: verb.description,
    args: verb.args,
    run(words, signal) {
      return verb.run(parse(verb.name, verb.args, words), signal)
    },
  }
}

function parse<Args extends ArgsDef>(name: string, definitions: Args, words: readonly string[]): ParsedArgs<Args> {
  const usage = (message: string): InterleaveError =>
    new InterleaveError('usage', `${message} "interleave ${name} --help" lists the options.`)
  let parsed: ParsedArgs<Args>
  try {
    parsed = parseArgs<Args>([...words], definitions)
  } catch (error) {
    throw usage(`${stripVTControlCharacters(messageOf(error)).replace(/\.$/, '')}.`)
  }
  const known = new Set(['_', ...Object.keys(definitions), ...Object.keys(definitions).map(camelCase)])
  for (const key of Object.keys(parsed)) if (!known.has(key)) throw usage(`There is no option "--${key}".`)
  const positionals = Object.values(definitions).filter(({ type }) => type === 'positional').length
  const surplus = parsed._[positionals]
  if (surplus !== undefined) throw usage(`"${surplus}" is one word too many.`)
  return parsed
}

/** The help text of a verb: its options with their defaults. */
export function verbHelp(verb: Verb): string {
  const positionals = Object.entries(verb.args).filter(([, definition]) => definition.type === 'positional')
  const usage = ['interleave', verb.name, ...positionals.map(([key]) => key.toUpperCase()), '[options]'].join(' ')
  const rows = Object.entries(verb.args).map(([key, definition]) => {
    const flag = definition.type === 'positional' ? key.toUpperCase() : `--${key}`
    const value = definition.type === 'string' ? ` ${definition.valueHint ?? 'value'}` : ''
    const fallback =
      definition.default === undefined || definition.default === false ? '' : ` (default ${definition.default})`
    const choices = definition.type === 'enum' ? ` [${(definition.options ?? []).join('|')}]` : ''
    return `  ${`${flag}${value}`.padEnd(28)} ${definition.description ?? ''}${choices}${fallback}`
  })
  return [`Usage: ${usage}`, '', verb.description, '', ...rows, ''].join('\n')
}

function camelCase(key: string): string {
  return key.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** A whole number out of an option's text; a `usage` error that names the option otherwise. */
export function wholeNumber(option: string, text: string, least = 0): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least || text.trim() === '')
    throw new InterleaveError('usage', `--${option} takes a whole number from ${least}, not "${text}".`)
  return value
}
