import { embeddedPolicyFinding } from './embedded-policy-finding.ts'
import type { Finding } from './finding.ts'
import { imagesFinding } from './images-finding.ts'
import { isolationFinding, javascriptFinding } from './isolation-finding.ts'
import { memoryFinding } from './memory-finding.ts'
import { nodeFinding } from './node-finding.ts'
import { pythonFinding } from './python-finding.ts'

/** What is looked at, in the order in which it is shown. None of them throws. */
export const findings: readonly (() => Promise<Finding>)[] = [
  nodeFinding,
  imagesFinding,
  embeddedPolicyFinding,
  pythonFinding,
  javascriptFinding,
  isolationFinding,
  memoryFinding,
]
