import type { Finding } from './finding.ts'

export async function nodeFinding(): Promise<Finding> {
  const enough = Number(process.versions.node.split('.')[0]) >= 24
  return {
    part: 'Node.js',
    state: enough ? 'works' : 'missing',
    detail: `${process.version} on ${process.platform}-${process.arch}.`,
    ...(enough ? {} : { advice: 'Install Node.js 24 or newer.' }),
  }
}
