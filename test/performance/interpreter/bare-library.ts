import path from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { z } from 'zod'

const aboutSchema = z.object({ versions: z.record(z.string(), z.string()), picture: z.base64() })
const timesSchema = z.array(z.number())
const script = path.join(import.meta.dirname, '..', 'peers', 'figure_python.py')

/** A plain Python process that draws the figure which the tool is measured with. */
export interface BareLibrary extends AsyncDisposable {
  readonly versions: Readonly<Record<string, string>>
  readonly picture: Uint8Array
  /** Draws so often; returns the time of each in milliseconds. */
  draw(times: number): Promise<readonly number[]>
}

/** Starts an interpreter with one thread a library, as the tool does, and waits until it has drawn. */
export async function startBareLibrary(command: string): Promise<BareLibrary> {
  const env = { MPLBACKEND: 'Agg', OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
  const child = execa(command, [script], { env, buffer: false })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    const { done, value } = await lines.next()
    if (done !== true) return JSON.parse(value)
    await child
    throw new Error('The process that draws with the bare library ended.')
  }
  const { picture, versions } = aboutSchema.parse(await next())
  return {
    versions,
    picture: Buffer.from(picture, 'base64'),
    async draw(times) {
      child.stdin.write(`${times}\n`)
      return timesSchema.parse(await next())
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await child
    },
  }
}
