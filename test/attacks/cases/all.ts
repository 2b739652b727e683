import type { AttackGroup } from '../attack.ts'
import { cpu } from './cpu.ts'
import { files } from './files.ts'
import { images } from './images.ts'
import { memory } from './memory.ts'
import { network } from './network.ts'
import { output } from './output.ts'
import { rights } from './rights.ts'
import { processes } from './processes.ts'
import { protocol } from './protocol.ts'
import { secrets } from './secrets.ts'
import { systemCalls } from './system-calls.ts'

/** Every group of attacks that are made of one call. */
export const attackGroups: readonly AttackGroup[] = Object.freeze([
  cpu,
  processes,
  memory,
  files,
  secrets,
  network,
  rights,
  systemCalls,
  protocol,
  output,
  images,
])
