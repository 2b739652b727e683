/** Which differences between two texts do not count. All are true by default. */
export interface NormaliseOptions {
  /** Unicode NFKC: full-width and other compatibility forms, composed and decomposed accents. */
  readonly unicode?: boolean
  /** Upper and lower case. */
  readonly case?: boolean
  /** Runs of white space become one space; none at the ends. */
  readonly whitespace?: boolean
  /** One full stop at the end. */
  readonly trailingPeriod?: boolean
}

/** A text with the differences removed that do not count. Linear time on any input. */
export function normaliseText(text: string, options: NormaliseOptions = {}): string {
  let result = text
  if (options.unicode !== false) result = streamSafe(result).normalize('NFKC')
  if (options.case !== false) result = result.toLowerCase()
  if (options.whitespace !== false) result = result.replace(/\s+/g, ' ').trim()
  if (options.trailingPeriod !== false) result = result.replace(/[.。]$/, '')
  if (options.whitespace !== false) result = result.trimEnd()
  return result
}

/**
 * No more than 30 marks in a row (the bound of Unicode's Stream-Safe Text Format, UAX #15; the rest is dropped): sorting
 * a longer run takes quadratic time, seconds for 100 KB. The half-width voicing marks are letters that turn into marks.
 */
function streamSafe(text: string): string {
  return text.replace(/([\p{M}\uFF9E\uFF9F]{30})[\p{M}\uFF9E\uFF9F]+/gu, '$1')
}
