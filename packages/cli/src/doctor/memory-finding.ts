import { readFile } from 'node:fs/promises'
import type { Finding } from './finding.ts'

export async function memoryFinding(): Promise<Finding> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const kilobytes = Number(/MemAvailable:\s+(\d+)/.exec(text)?.[1] ?? Number.NaN)
  const detail = Number.isNaN(kilobytes)
    ? 'not known on this platform.'
    : `${(kilobytes / 1e6).toFixed(1)} GB available.`
  return { part: 'memory', state: 'optional', detail }
}
