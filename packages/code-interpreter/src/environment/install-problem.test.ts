import { expect, test } from 'vitest'
import { installProblem } from './install-problem.ts'

// As the tools print them.
test.each([
  ['disk_full', 'error: Failed to install: numpy.whl\n  cause: No space left on device (os error 28)'],
  ['disk_full', 'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device'],
  ['disk_full', 'OSError: [Errno 122] Disk quota exceeded'],
  ['bad_hash', 'error: Failed to download `cycler==0.12.1`\n  cause: Hash mismatch for `cycler==0.12.1`'],
  ['bad_hash', 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n  Got 12'],
  ['no_network', 'error: Request failed after 3 retries in 4.7s\n  cause: Failed to fetch: http://x/simple/mpmath/'],
  [
    'no_network',
    'WARNING: Retrying after connection broken by ProxyError\nERROR: No matching distribution found for uv',
  ],
  ['no_wheel', 'error: No solution found\n  cause: we can conclude that your requirements are unsatisfiable.'],
  ['no_wheel', 'ERROR: No matching distribution found for uv==0.13.9'],
  ['install_failed', 'ImportError: libstdc++.so.6: cannot open shared object file'],
])('%s', (code, output) => {
  const { code: found, message } = installProblem('installing the libraries', output)
  expect(found).toBe(code)
  expect(message).toMatch(/^The Python environment was not installed: installing the libraries failed\. [A-Z]/)
  expect(message).toContain(output.split('\n').at(-1))
})

test('only the last lines are shown, long ones cut', () => {
  const { message } = installProblem(
    'x',
    `${Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n')}${'!'.repeat(900)}`,
  )
  expect(message).toContain('line 49')
  expect(message).not.toContain('line 10')
  for (const line of message.split('\n').slice(1)) expect(line.length).toBeLessThan(220)
})
