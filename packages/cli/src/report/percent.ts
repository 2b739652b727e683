/** A share as people read it, `12.3 %`, or a dash where there is none. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '-' : `${(share * 100).toFixed(1)} %`
}
