import { createRequire } from 'node:module'
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { FaultError, messageOf } from '@interleave/trajectory'

/** A program, and what it reads besides the system's own libraries. */
export interface Program {
  readonly command: string
  readonly args: readonly string[]
  /** Files and folders, by their real paths. */
  readonly readable: readonly string[]
}

/** Puts a program in a jail: gives back what to start in its place. It must pass file descriptor 3 on. */
export type Launch = (program: Program) => { readonly command: string; readonly args: readonly string[] }

// The heap of the child's own code; the isolates have theirs.
const heapMb = 256
const flags = [
  '--no-node-snapshot',
  `--max-old-space-size=${heapMb}`,
  // Node loads its modules with the help of WebAssembly. When V8 collects the code of that as garbage it asks all isolates,
  // and can lock up with one that is on its way out: seen seven times in 50,000 sessions that came and went.
  '--no-wasm-code-gc',
]

/** The program that runs isolates, from source as from the built package. */
export function childProgram(): Program {
  const here = import.meta.url
  // Under type stripping it is a .ts file, in the built package a .js file.
  const main = pathOf(`./child/main${here.slice(-3)}`)
  const addon = findAddon()
  return {
    command: execPath,
    args: [...flags, main, addon],
    readable: [
      dirname(realpathSync(execPath)),
      addon,
      dirname(main),
      pathOf(`./messages${here.slice(-3)}`),
      pathOf('../interpreter'),
      // Says that the program's files are modules.
      pathOf('../../package.json'),
    ],
  }
}

function pathOf(relative: string): string {
  return realpathSync(fileURLToPath(new URL(relative, import.meta.url)))
}

/** The file of isolated-vm that fits this machine. */
function findAddon(): string {
  try {
    const entry = realpathSync(createRequire(import.meta.url).resolve('isolated-vm'))
    const { path } = createRequire(entry)('node-gyp-build') as { readonly path: (folder: string) => string }
    return realpathSync(path(dirname(entry)))
  } catch (error) {
    throw new FaultError(
      'sandbox',
      'javascript_unavailable',
      `isolated-vm has no build for this machine and Node ${process.versions.node}; use Node 24 on Linux or macOS, x64 or arm64 (${firstLine(messageOf(error))}).`,
      { cause: error },
    )
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
