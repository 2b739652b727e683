import { readJsonLineAt } from '../read-json-lines.ts'
import { trajectorySchema, type Trajectory } from '../trajectory.ts'

/** What is kept of each trajectory of a file: where it stands and what others say of it. */
export interface IndexEntry extends Pick<Trajectory, 'group' | 'branch'> {
  readonly id: string
  readonly line: number
  readonly offset: number
  readonly taskId: string
}

/**
 * The trajectories of a file by id, the trajectories themselves left on disk: memory grows by some hundred bytes for each.
 * The last few that were looked up are kept, since the continuations of one source stand together.
 */
export class TrajectoryIndex {
  readonly file: string
  readonly #entries = new Map<string, IndexEntry>()
  readonly #kept = new Map<string, Trajectory>()

  constructor(file: string) {
    this.file = file
  }

  get(id: string): IndexEntry | undefined {
    return this.#entries.get(id)
  }

  /** All entries, in the order of the file. */
  entries(): Iterable<IndexEntry> {
    return this.#entries.values()
  }

  add(trajectory: Trajectory, at: { line: number; offset: number }): void {
    const { id, group, branch, task } = trajectory
    const { line, offset } = at
    this.#entries.set(id, { id, line, offset, taskId: task.id, ...(group && { group }), ...(branch && { branch }) })
  }

  /** Reads a trajectory again, or undefined where the file holds none of that id. */
  async load(id: string): Promise<Trajectory | undefined> {
    const kept = this.#kept.get(id)
    if (kept !== undefined) return kept
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    const trajectory = await readJsonLineAt<Trajectory>(this.file, entry.offset, trajectorySchema)
    this.#kept.set(id, trajectory)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > 8 && oldest !== undefined) this.#kept.delete(oldest)
    return trajectory
  }
}
