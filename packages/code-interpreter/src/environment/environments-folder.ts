import { homedir } from 'node:os'
import path from 'node:path'

/**
 * Where environments are kept. For root not below its home folder, which no other user may enter: sandboxed code runs as
 * another user.
 */
export function environmentsFolder(): string {
  const named = process.env['XDG_CACHE_HOME'] ?? ''
  // Relative paths are to be ignored, says the specification of this variable.
  if (path.isAbsolute(named)) return path.join(named, 'interleave')
  return path.join(process.getuid?.() === 0 ? '/var/cache' : path.join(homedir(), '.cache'), 'interleave')
}
