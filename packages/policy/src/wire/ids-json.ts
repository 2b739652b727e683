interface Encoded {
  readonly count: number
  readonly first: number | undefined
  readonly last: number | undefined
  readonly text: string
}

/**
 * Ids as JSON without their brackets. A rollout sends its growing array again with every turn, so that what was encoded is
 * kept as long as the array lives, and only what was appended is encoded.
 */
export class IdsJson {
  readonly #encoded = new WeakMap<readonly number[], Encoded>()

  of(ids: readonly number[]): string {
    const known = this.#encoded.get(ids)
    const start = known !== undefined && isStart(known, ids) ? known.count : 0
    const added = ids.slice(start).join(',')
    const before = start === 0 ? '' : (known?.text ?? '')
    const text = before === '' || added === '' ? before + added : `${before},${added}`
    this.#encoded.set(ids, { count: ids.length, first: ids[0], last: ids.at(-1), text })
    return text
  }
}

function isStart({ count, first, last }: Encoded, ids: readonly number[]): boolean {
  return count <= ids.length && ids[0] === first && ids[count - 1] === last
}
