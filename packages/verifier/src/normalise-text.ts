/** Which differences between two texts do not count. All are true by default. */
export interface NormaliseOptions {
  /**
   * Composed and decomposed accents (Unicode NFC), full-width forms. Not the rest of NFKC, which changes values:
   * `10²` would become `102`.
   */
  readonly unicode?: boolean
  /** Upper and lower case. Its cost: `5 MW` and `5 mW` read alike; turn it off where case carries meaning. */
  readonly case?: boolean
  /** Runs of white space become one space; none at the ends. */
  readonly whitespace?: boolean
  /** One full stop at the end. */
  readonly trailingPeriod?: boolean
}

/** A text with the differences removed that do not count. Linear time on any input. */
export function normaliseText(text: string, options: NormaliseOptions = {}): string {
  let result = text
  if (options.unicode !== false) result = streamSafe(fromFullWidth(result)).normalize('NFC')
  if (options.case !== false) result = result.toLowerCase()
  if (options.whitespace !== false) result = result.replace(/\s+/g, ' ').trim()
  if (options.trailingPeriod !== false) result = result.replace(/[.。]$/, '')
  if (options.whitespace !== false) result = result.trimEnd()
  return result
}

/** The characters that Unicode decomposes as `<wide>`; not the macron U+FFE3, which would become a space and a mark. */
function fromFullWidth(text: string): string {
  return text.replace(/[\u3000\uFF01-\uFF60\uFFE0-\uFFE2\uFFE4-\uFFE6]/g, (wide) => wide.normalize('NFKC'))
}

/**
 * No more than 30 marks in a row (the bound of Unicode's Stream-Safe Text Format, UAX #15; the rest is dropped): sorting
 * a longer run takes quadratic time, seconds for 100 KB.
 */
function streamSafe(text: string): string {
  return text.replace(/(\p{M}{30})\p{M}+/gu, '$1')
}
