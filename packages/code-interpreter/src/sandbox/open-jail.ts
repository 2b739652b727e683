import { FaultError } from '@interleave/trajectory'
import { execa } from 'execa'
import { z } from 'zod'
import { findBaseInterpreter } from '../environment/base-interpreter.ts'
import { findPython } from '../environment/find-python.ts'
import { tierSchema, type IsolationTier, type Refusals } from '../interpreter/isolation.ts'
import { isolationUnavailable } from './isolation-unavailable.ts'
import { makeScratchFolder, type ScratchFolder } from './scratch-folder.ts'
import { pythonFlags, sandboxProgram } from './sandbox-program.ts'

/** A program as it would be started, and what it reads besides the system's own libraries. */
interface JailedProgram {
  readonly command: string
  readonly args: readonly string[]
  readonly readable: readonly string[]
}

/** A tier that works here, for programs other than the Python fork server. */
export interface Jail extends AsyncDisposable {
  readonly tier: IsolationTier
  /** Why stronger tiers do not work. */
  readonly refused: Refusals
  /** What to start in place of the program. File descriptor 3 is passed on, the environment is not. SIGTERM ends it tidily. */
  launch(program: JailedProgram): { readonly command: string; readonly args: readonly string[] }
}

const probeMs = 60_000
const answerSchema = z.object({
  tier: z.union([tierSchema, z.literal('')]),
  refused: z.partialRecord(tierSchema, z.string()),
})

/**
 * Finds the strongest of the tiers given. The jail is closed by Python's standard library; where there is no Python only `T0`
 * can be had. Rejects with the fault `isolation_unavailable`.
 */
export async function openJail(tiers: readonly IsolationTier[]): Promise<Jail> {
  const python = await anyPython()
  const closable = tiers.filter((tier) => tier !== 'T0')
  let refused: Refusals = {}
  if ('problem' in python) refused = Object.fromEntries(closable.map((tier) => [tier, python.problem]))
  else if (closable.length > 0) {
    const scratch = await makeScratchFolder('interleave-jail-')
    const found = await probe(python.command, scratch, closable)
    if (found.tier !== '') return jailOf(python.command, found.tier, found.refused, scratch)
    await scratch[Symbol.asyncDispose]()
    refused = found.refused
  }
  if (!tiers.includes('T0')) throw isolationUnavailable(refused)
  const launch = ({ args, command }: JailedProgram): ReturnType<Jail['launch']> => ({ command, args })
  return { tier: 'T0', refused, launch, [Symbol.asyncDispose]: () => Promise.resolve() }
}

function jailOf(python: string, tier: IsolationTier, refused: Refusals, scratch: ScratchFolder): Jail {
  let session = 0
  return {
    tier,
    refused,
    launch({ args, command, readable }) {
      session += 1
      const config = JSON.stringify({ place: scratch.place, tiers: [tier], readable, session })
      return { command: python, args: [...pythonFlags, sandboxProgram, 'launch', config, command, ...args] }
    },
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  }
}

async function probe(
  python: string,
  scratch: ScratchFolder,
  tiers: readonly IsolationTier[],
): Promise<z.infer<typeof answerSchema>> {
  const config = JSON.stringify({ place: scratch.place, tiers, readable: [] })
  const args = [...pythonFlags, sandboxProgram, 'probe', config]
  const run = await execa(python, args, { env: {}, extendEnv: false, stdin: 'ignore', timeout: probeMs, reject: false })
  try {
    return answerSchema.parse(JSON.parse(run.stdout))
  } catch (cause) {
    await scratch[Symbol.asyncDispose]()
    const message = `${python} could not look for tiers of isolation: ${run.shortMessage ?? 'it wrote something else'}.`
    throw new FaultError('sandbox', 'probe_failed', message, { cause })
  }
}

async function anyPython(): Promise<{ readonly command: string } | { readonly problem: string }> {
  const found = await findPython()
  if (!('problem' in found)) return found
  // The libraries are not needed for this.
  return findBaseInterpreter().catch(() => ({ problem: found.problem }))
}
