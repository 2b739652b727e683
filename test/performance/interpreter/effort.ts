/** How long and how often each thing is measured. */
export interface Effort {
  /** Time for the calls of one row. */
  readonly seconds: number
  /** New sessions, one after the other and then in a pool. */
  readonly newSessions: number
  /** Rounds of figures, alternating with the bare library. */
  readonly figureRounds: number
  /** Sessions that live at once. */
  readonly liveSessions: number
  /** Sessions that are branched, each as often as `forks` says. */
  readonly forkSources: number
  readonly forks: number
  /** Time for a round of a peer's calls, of which there are three. */
  readonly peerSeconds: number
}

export const full: Effort = {
  seconds: 2,
  newSessions: 300,
  figureRounds: 6,
  liveSessions: 1000,
  forkSources: 5,
  forks: 20,
  peerSeconds: 2,
}

/** Shows that the program works; its figures say little. */
export const quick: Effort = {
  seconds: 0.3,
  newSessions: 16,
  figureRounds: 2,
  liveSessions: 20,
  forkSources: 1,
  forks: 5,
  peerSeconds: 0.3,
}
