import { InterleaveError } from '@interleave/trajectory'

export type InstallProblemCode = 'disk_full' | 'bad_hash' | 'no_wheel' | 'no_network' | 'install_failed'

const shownLines = 8
const shownColumns = 200

// Read from the words of pip, uv, Python and the system; the first that fits.
const kinds: readonly { code: InstallProblemCode; words: RegExp; sentence: string }[] = [
  {
    code: 'disk_full',
    words: /No space left on device|Disk quota exceeded|Errno (28|122)\b|os error (28|122)\b/i,
    sentence: 'No space is left for it: free some 700 MB and start again.',
  },
  {
    code: 'bad_hash',
    words: /hash mismatch|do not match the hashes/i,
    sentence:
      'What was downloaded is not what the lock names, so it was thrown away: something between here and the registry changes files.',
  },
  {
    code: 'no_network',
    words:
      /failed to fetch|error sending request|dns error|connection (refused|reset|error|broken|aborted)|connecterror|name resolution|network is unreachable|timed out|timeout|proxyerror|sslerror|unreachable/i,
    sentence:
      'The registry of Python packages could not be reached. Where there is a mirror, name it by PIP_INDEX_URL and UV_DEFAULT_INDEX.',
  },
  {
    code: 'no_wheel',
    words:
      /no (compatible|matching|usable) (wheels?|distribution)|has no wheels|no wheels with a matching|unsatisfiable/i,
    sentence:
      'The registry has no ready-made package of a pinned version for this Python on this machine: another Python, or a mirror that is up to date, may do.',
  },
]

/** What went wrong in a step of the installation: one sentence, then the last lines of the tool's output. */
export function installProblem(doing: string, output: string): InterleaveError<InstallProblemCode> {
  const kind = kinds.find(({ words }) => words.test(output))
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const shown = lines.slice(-shownLines).map((line) => `\n  ${line.slice(0, shownColumns)}`)
  const sentence = kind === undefined ? 'What it said last:' : kind.sentence
  return new InterleaveError(
    kind?.code ?? 'install_failed',
    `The Python environment was not installed: ${doing} failed. ${sentence}${shown.join('')}`,
  )
}
