/** Whether two replies drew the same tokens. */
export function equalTokens(left: readonly number[], right: readonly number[] | undefined): boolean {
  return left.length === right?.length && left.every((token, index) => token === right[index])
}
