import { interpreterTool, type InterpreterTool, type TimeOptions } from './interpreter/interpreter-tool.ts'
import { allowedTiers, type IsolationTier } from './interpreter/isolation.ts'
import { JailedBackend } from './javascript/jailed-backend.ts'

export interface JavascriptOptions extends TimeOptions {
  /**
   * The weakest tier of isolation around the processes that hold the isolates. Default `T0`: model code runs in isolates of V8
   * in any case, and the strongest tier that the machine offers is put around them.
   */
  readonly minimumIsolation?: IsolationTier
  /** A tier to use in place of the strongest that the machine offers. */
  readonly isolation?: IsolationTier
}

const description = [
  'Run JavaScript code in a session that keeps its variables from call to call.',
  'The result shows what the code logs with console, the value of its last expression and, where it fails, its error.',
  'The library mathjs is there as math. There is no network, no file system, and none of the modules of Node.js.',
].join(' ')

/**
 * The tool `javascript`: each rollout's session is an isolate of its own, in disposable processes. Make it once and share it. It
 * works without Python, which is what closes the tiers above `T0`. Its processes end when the tool is disposed of, or with
 * this process. Throws `bad_option`; a call voids its rollout with a fault of the boundary `sandbox` where no allowed tier is there.
 */
export function javascript(options: JavascriptOptions = {}): InterpreterTool {
  const { isolation, minimumIsolation = 'T0' } = options
  const tiers = allowedTiers({
    unsafe: minimumIsolation === 'T0',
    ...(minimumIsolation !== 'T0' && { minimumIsolation }),
    ...(isolation !== undefined && { isolation }),
  })
  return interpreterTool(
    { name: 'javascript', description, words: { language: 'JavaScript' } },
    new JailedBackend(tiers),
    options,
  )
}
