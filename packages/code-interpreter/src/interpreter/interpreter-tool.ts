import { defineTool, type Tool } from '@interleave/tool'
import { InterleaveError } from '@interleave/trajectory'
import { z } from 'zod'
import type { InterpreterBackend } from './interpreter-session.ts'
import { InterpreterState } from './interpreter-state.ts'
import { observe, type InterpreterWords } from './observation.ts'

export interface TimeOptions {
  /** Time for a call that names none, in seconds. Default 12. */
  readonly timeoutSeconds?: number
  /** The longest time that a call may ask for, in seconds. Default 60, or `timeoutSeconds` where that is more. */
  readonly maxTimeoutSeconds?: number
}

/** What a model writes: code, and the seconds it may take. */
export type CodeInput = z.ZodObject<{ code: z.ZodString; timeout: z.ZodOptional<z.ZodNumber> }>

/** A tool whose interpreter processes end when it is disposed of, or when this process ends. */
export type InterpreterTool = Tool<CodeInput, undefined, InterpreterState> & AsyncDisposable

// After its own time a call may have to make earlier ones again; only a machine that hangs comes near this.
const restoreMs = 300_000

/** The tool around an interpreter. Throws `bad_option` for times that make no sense. */
export function interpreterTool(
  about: { readonly name: string; readonly description: string; readonly words: InterpreterWords },
  backend: InterpreterBackend,
  options: TimeOptions,
): InterpreterTool {
  const standard = options.timeoutSeconds ?? 12
  const longest = options.maxTimeoutSeconds ?? Math.max(60, standard)
  if (!(standard > 0 && standard <= longest && longest <= 3600))
    throw new InterleaveError(
      'bad_option',
      `${about.name}: timeoutSeconds must lie above 0 and not above maxTimeoutSeconds, and that not above 3600.`,
    )
  const tool = defineTool({
    name: about.name,
    description: about.description,
    input: z.object({
      code: z.string().describe('The code to run.'),
      timeout: z
        .number()
        .positive()
        .max(longest)
        .optional()
        .describe(`Seconds after which the code is stopped. Default ${standard}.`),
    }),
    limits: { timeoutMs: longest * 1000 + restoreMs },
    setup: () => new InterpreterState(backend),
    fork: (state) => state.fork(),
    async run({ code, timeout = standard }, call) {
      const { images, rollout, signal, state } = call
      const timeoutMs = timeout * 1000
      const result = await state.run(code, timeoutMs, { seed: rollout.seed, images, signal })
      return { content: observe(result, timeoutMs, about.words, images) }
    },
  })
  return Object.freeze({ ...tool, [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose]() })
}
