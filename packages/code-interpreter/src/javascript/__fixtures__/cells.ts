import type { CellEnd, CellReply, InterpreterSession } from '../../interpreter/interpreter-session.ts'

export interface CellSettings {
  readonly timeoutMs?: number
  readonly seed?: number
  readonly signal?: AbortSignal
}

export function runCell(session: InterpreterSession, code: string, settings: CellSettings = {}): Promise<CellEnd> {
  const { timeoutMs = 10_000, seed, signal = new AbortController().signal } = settings
  return session.run({ code, timeoutMs, images: [], ...(seed === undefined ? {} : { seed }) }, signal)
}

/** What a cell replied; fails the test where it ended otherwise. */
export async function replyOf(
  session: InterpreterSession,
  code: string,
  settings: CellSettings = {},
): Promise<CellReply> {
  const end = await runCell(session, code, settings)
  if (end.kind !== 'replied') throw new Error(`The cell ended as ${JSON.stringify(end)}: ${code}`)
  return end.reply
}

export async function valueOf(session: InterpreterSession, code: string): Promise<string | undefined> {
  const { value, error } = await replyOf(session, code)
  if (error !== undefined) throw new Error(error)
  return value
}
