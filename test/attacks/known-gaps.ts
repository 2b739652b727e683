import type { IsolationTier } from '@interleave/code-interpreter'

export interface Gap {
  readonly tiers: readonly IsolationTier[]
  readonly why: string
  /** Where the tests do not run as root, the system itself blocks it. */
  readonly needsRoot?: boolean
}

const plain = { tiers: ['T0'], why: 'T0 is a plain process of the user that started it.' } as const

function each(gap: Gap, names: readonly string[]): Record<string, Gap> {
  return Object.fromEntries(names.map((name) => [name, gap]))
}

/** What a tier does not block, by the name of the case. The tests hold this list to be exact. */
export const knownGaps: Readonly<Record<string, Gap>> = {
  ...each(plain, [
    'more processes than allowed',
    'flood of zombies',
    'signal to the host',
    'signal to the keeper',
    'priority of other processes',
    'more shared memory than the limit',
    'memory file',
    '/etc/passwd',
    'project folder',
    'secret file',
    'folder of the server',
    ...['environ', 'mem', 'fd', 'maps', 'mountinfo'].map((name) => `/proc/self/${name}`),
    '/sys',
    'symbolic link to a file of the host',
    'name with dots',
    'command line of the host',
    'memory of another process',
    'files of other rollouts',
    'TCP',
    'UDP',
    'service on this machine',
    'Unix socket by path',
    'abstract Unix socket',
    'socket of the server',
    'running a program',
    'limits of another process',
    'ptrace',
    'process_vm_readv',
    'memfd_create',
    'personality',
    'execve',
    'setns',
    'unshare',
  ]),
  ...each({ ...plain, needsRoot: true }, [
    'home folder',
    'making a device',
    'removing a library',
    'renaming a library',
    'planting code in the libraries',
    'planting code in the sandbox',
    'writing to /usr',
    'mode of a file of the host',
    'becoming root',
    'another group',
    'capabilities',
    'mount',
    'umount2',
    'chroot',
  ]),
  'memory times processes': {
    tiers: ['T2', 'T1', 'T0'],
    why: 'Only a control group bounds the memory of a session as a whole; each of its processes is bounded everywhere.',
  },
  'more temporary files than the limit': {
    tiers: ['T1', 'T0'],
    why: 'Without a mount of its own a session writes to the disk of the machine; each file is bounded, their sum is not.',
  },
  'more files than the limit': { tiers: ['T1', 'T0'], why: 'As above: nothing counts the files of a session.' },
  'whether a file exists': {
    tiers: ['T1', 'T0'],
    why: 'Landlock guards what is in a file, not that it is there, how long it is and whose.',
  },
  'host name': { tiers: ['T1', 'T0'], why: 'Without a namespace for it a session sees the name of the machine.' },
}
