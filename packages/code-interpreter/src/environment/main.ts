// Run by the set-up of a checkout (.ci/setup.cjs): makes the environment, or says in one sentence why there is none.
import { findPython } from './find-python.ts'

// What a machine may lack: the tests of the Python tool are skipped there, and say why.
const lacks = new Set(['python_missing', 'no_network', 'no_wheel', 'unwritable_cache'])

function say(sentence: string): void {
  process.stderr.write(`setup: ${sentence}\n`)
}

async function install(): Promise<void> {
  const { installPythonEnvironment } = await import('./install-python-environment.ts')
  const { isInterleaveError, messageOf } = await import('@interleave/trajectory')
  const interrupt = new AbortController()
  const onSignal = (): void => interrupt.abort(new Error('interrupted'))
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  try {
    await installPythonEnvironment({ signal: interrupt.signal, onProgress: say })
  } catch (error) {
    say(messageOf(error))
    if (interrupt.signal.aborted) process.exitCode = 130
    else if (!isInterleaveError(error) || !lacks.has(error.code)) process.exitCode = 1
    else say('the tests of the Python tool will be skipped')
  }
}

const found = await findPython()
if ('problem' in found) {
  // One that was named is used as it is, so there is nothing to install.
  if ((process.env['INTERLEAVE_PYTHON'] ?? '') === '') await install()
  else say(`${found.problem} The tests of the Python tool will be skipped.`)
} else if (found.missing.length > 0)
  say(`${found.command} lacks ${found.missing.join(', ')}: see "npx interleave doctor".`)
