import { contained, probe, type AttackGroup } from '../attack.ts'

const x86 = process.arch === 'x64'
const kernel = { leftOut: 'whether the kernel was built with it is a matter of the machine' } as const
const spaces = { USER: 0x10000000, PID: 0x20000000, NET: 0x40000000, NS: 0x20000, IPC: 0x8000000 } as const
const harmless = { leftOut: 'root may; the copy would be no danger to anybody' } as const

// Machine code for `int 0x80`: getpid in the numbering of 32-bit programs.
const foreign = `import ctypes, mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex("b814000000cd80c3"))
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()`

const cloneWith = (flags: number): string =>
  `attempt(lambda: call(${x86 ? 56 : 220}, ctypes.c_ulong(${flags | 17}), 0, 0, 0, 0) or os._exit(0))`

export const rights: AttackGroup = {
  name: 'privilege',
  attacks: [
    ...Object.entries(spaces).map(([name, flag]) =>
      probe(`clone into a ${name} namespace`, `import ctypes, os\n${cloneWith(flag)}`, harmless),
    ),
    probe(
      'clone as for a branch, unasked',
      `import ctypes, os\n${cloneWith(0x10000000 | 0x20000000 | 0x20000 | 0x8000000)}`,
      harmless,
    ),
    probe(
      'clone3 into a user namespace',
      `import ctypes, os, struct
block = ctypes.create_string_buffer(struct.pack("<11Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0), 88)
attempt(lambda: call(435, block, ctypes.c_size_t(88)) or os._exit(0))`,
      harmless,
    ),
    probe(
      'unshare into a user namespace',
      'import ctypes\nattempt(lambda: call(272 if ctypes.sizeof(ctypes.c_long) == 8 else 0, ctypes.c_ulong(0x10000000)))'.replace(
        '272 if ctypes.sizeof(ctypes.c_long) == 8 else 0',
        x86 ? '272' : '97',
      ),
      harmless,
    ),
    probe(
      'mounting',
      'import ctypes\nattempt(lambda: call(165, b"none", b"/tmp", b"tmpfs", ctypes.c_ulong(0), None))'.replace(
        '165',
        x86 ? '165' : '40',
      ),
      {
        leftOut: 'root may, and it would change this machine',
      },
    ),
    probe('becoming root', 'import os\nattempt(lambda: os.setuid(0))', 'same'),
    probe('another group', 'import os\nattempt(lambda: os.setgroups([0]))', 'same'),
    probe(
      'capabilities',
      `import ctypes
def take():
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    wanted = (ctypes.c_uint32 * 6)(1 << 21, 1 << 21, 0, 0, 0, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, wanted) < 0: raise OSError(ctypes.get_errno(), "capset")
attempt(take)`,
      {
        code: 'attempt(lambda: int([line for line in open("/proc/self/status") if line.startswith("CapEff")][0].split()[1], 16) >> 21 & 1 or 1 / 0)',
      },
    ),
    ...['AS', 'NPROC', 'NOFILE', 'FSIZE', 'CPU', 'CORE'].map((name) =>
      probe(
        `raising the limit ${name}`,
        `import resource\nattempt(lambda: resource.setrlimit(resource.RLIMIT_${name}, (resource.getrlimit(resource.RLIMIT_${name})[1] + 1,) * 2))`,
        { leftOut: 'root may' },
      ),
    ),
    probe(
      'limits of another process',
      ({ pid }) => `import resource\nattempt(lambda: resource.prlimit(${pid}, resource.RLIMIT_CPU))`,
    ),
    probe(
      'real-time priority',
      'import os\nattempt(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))',
      {
        leftOut: 'root may, and it would starve this machine',
      },
    ),
    probe('higher priority', 'import os\nattempt(lambda: os.nice(-5))', { leftOut: 'root may' }),
    probe(
      'typing into a terminal',
      'import fcntl\nattempt(lambda: fcntl.ioctl(0, 0x5412, b"a"))',
      { leftOut: 'it has no terminal' },
      {
        says: /^blocked: PermissionError/m,
      },
    ),
    ...(x86
      ? [
          contained('system call of 32-bit programs', foreign, 'interpreter_died', { plain: kernel }),
          contained('system call of x32 programs', 'call(0x40000000 | 39)', 'interpreter_died', { plain: kernel }),
        ]
      : []),
  ],
}
