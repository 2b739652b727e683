import { isolationTiers, type IsolationTier, type Refusals } from './interpreter/isolation.ts'
import { openJail } from './sandbox/open-jail.ts'

/** The tier that the tools of this package use here unless told otherwise, and why each stronger one does not work. */
export interface IsolationReport {
  readonly tier: IsolationTier
  readonly refused: Refusals
}

/** Looks for the strongest tier of isolation that works on this machine, by closing each jail once. `T0`: none does. */
export async function probeIsolation(): Promise<IsolationReport> {
  await using jail = await openJail(isolationTiers)
  return { tier: jail.tier, refused: jail.refused }
}
