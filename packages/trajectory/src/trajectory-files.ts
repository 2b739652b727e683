import { creditSchema, type Credit } from './credit.ts'
import { groupSchema, type Group } from './group.ts'
import { openJsonLines, type JsonLinesWriter, type OpenJsonLinesOptions } from './open-json-lines.ts'
import { readJsonLines, type JsonLine, type ReadJsonLinesOptions } from './read-json-lines.ts'
import { trajectorySchema, type Trajectory } from './trajectory.ts'

type ReadOptions = Omit<ReadJsonLinesOptions<never>, 'schema'>
type OpenOptions = Omit<OpenJsonLinesOptions<never>, 'schema'>

/** The trajectories of a file, as `readJsonLines` gives them. */
export function readTrajectories(file: string, options: ReadOptions = {}): AsyncGenerator<JsonLine<Trajectory>> {
  return readJsonLines<Trajectory>(file, { ...options, schema: trajectorySchema })
}

/** The credit of a file, one trajectory's a line. */
export function readCredit(file: string, options: ReadOptions = {}): AsyncGenerator<JsonLine<Credit>> {
  return readJsonLines<Credit>(file, { ...options, schema: creditSchema })
}

/** The groups of a file. */
export function readGroups(file: string, options: ReadOptions = {}): AsyncGenerator<JsonLine<Group>> {
  return readJsonLines<Group>(file, { ...options, schema: groupSchema })
}

/** A file to write trajectories to, each checked first. */
export function openTrajectories(file: string, options: OpenOptions = {}): Promise<JsonLinesWriter<Trajectory>> {
  return openJsonLines<Trajectory>(file, { ...options, schema: trajectorySchema })
}

/** A file to write credit to, each checked first. */
export function openCredit(file: string, options: OpenOptions = {}): Promise<JsonLinesWriter<Credit>> {
  return openJsonLines<Credit>(file, { ...options, schema: creditSchema })
}

/** A file to write groups to, each checked first. */
export function openGroups(file: string, options: OpenOptions = {}): Promise<JsonLinesWriter<Group>> {
  return openJsonLines<Group>(file, { ...options, schema: groupSchema })
}
