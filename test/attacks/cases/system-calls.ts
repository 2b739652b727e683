import { probe, type AttackGroup } from '../attack.ts'

const x86 = process.arch === 'x64'
const nothing = 'None'

/**
 * System calls by name: number on x86-64 and on arm64, arguments. They are such that a kernel that allows the call refuses
 * them all the same, for a reason of its own, or that it does nothing: at tier T0 they are made as root.
 */
const calls: readonly (readonly [name: string, x64: number, arm64: number, ...args: string[]])[] = [
  ['ptrace', 101, 117, '16', '-1', '0', '0'],
  ['process_vm_readv', 310, 270, '-1', '0', '0', '0', '0', '0'],
  ['process_vm_writev', 311, 271, '-1', '0', '0', '0', '0', '0'],
  ['kcmp', 312, 272, '-1', '-1', '0', '0', '0'],
  ['pidfd_getfd', 438, 438, '-1', '0', '0'],
  ['bpf', 321, 280, '-1', '0', '0'],
  ['perf_event_open', 298, 241, '0', '0', '-1', '-1', '0'],
  ['userfaultfd', 323, 282, '-1'],
  ['io_uring_setup', 425, 425, '0', '0'],
  ['io_uring_enter', 426, 426, '-1', '0', '0', '0', '0', '0'],
  ['keyctl', 250, 219, '-1'],
  ['add_key', 248, 217, '0', '0', '0', '0', '0'],
  ['request_key', 249, 218, '0', '0', '0', '0'],
  ['mount', 165, 40, nothing, nothing, nothing, '0', nothing],
  ['umount2', 166, 39, nothing, '0'],
  ['pivot_root', 155, 41, nothing, nothing],
  ['chroot', 161, 51, nothing],
  ['open_tree', 428, 428, '-1', nothing, '0'],
  ['fsopen', 430, 430, nothing, '0'],
  ['setns', 308, 268, '-1', '0'],
  ['unshare', 272, 97, '0'],
  ['memfd_create', 319, 279, nothing, '0'],
  ['shmget', 29, 194, '1', '0', '0'],
  ['msgget', 68, 186, '1', '0'],
  ['semget', 64, 190, '1', '0', '0'],
  ['mq_open', 240, 180, nothing, '0', '0', '0'],
  ['open_by_handle_at', 304, 265, '-1', nothing, '0'],
  ['name_to_handle_at', 303, 264, '-1', nothing, nothing, nothing, '0'],
  ['init_module', 175, 105, nothing, '0', nothing],
  ['finit_module', 313, 273, '-1', nothing, '0'],
  ['delete_module', 176, 106, nothing, '0'],
  ['reboot', 169, 142, '0', '0', '0', nothing],
  ['clock_settime', 227, 112, '0', nothing],
  ['clock_adjtime', 305, 266, '0', nothing],
  ['settimeofday', 164, 170, '1', nothing],
  ['swapon', 167, 224, nothing, '0'],
  ['swapoff', 168, 225, nothing],
  ['quotactl', 179, 60, '-1', nothing, '0', nothing],
  ['acct', 163, 89, '1'],
  ['syslog', 103, 116, '-1', nothing, '0'],
  ['sethostname', 170, 161, nothing, '-1'],
  ['setdomainname', 171, 162, nothing, '-1'],
  ['personality', 135, 92, '0xffffffff'],
  ['fanotify_init', 300, 262, '-1', '0'],
  ['execve', 59, 221, nothing, nothing, nothing],
  ['execveat', 322, 281, '-1', nothing, nothing, nothing, '0'],
]

const everywhere = new Set([
  'ptrace',
  'process_vm_readv',
  'mount',
  'umount2',
  'chroot',
  'unshare',
  'setns',
  'memfd_create',
  'personality',
  'execve',
])
const machine = { leftOut: 'which of these the kernel was built with is a matter of the machine' } as const

// What the kernel refuses by itself says nothing about the sandbox; what is refused there is EPERM or ENOSYS.
const reaches = (number: number, args: readonly string[]): string => `import ctypes, errno
def reach():
    try:
        return call(${[number, ...args.map((arg) => (arg === nothing ? arg : `ctypes.c_long(${arg})`))].join(', ')})
    except OSError as error:
        if error.errno in (errno.EPERM, errno.ENOSYS): raise
        return error
attempt(reach)`

export const systemCalls: AttackGroup = {
  name: 'system calls',
  attacks: calls.map(([name, x64, arm64, ...args]) =>
    probe(name, reaches(x86 ? x64 : arm64, args), everywhere.has(name) ? 'same' : machine),
  ),
}
