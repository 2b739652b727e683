import { contained, probe, type AttackGroup } from '../attack.ts'

const leftOut = { leftOut: 'it would end processes of this machine' } as const
const stops = ['SIGSTOP', 'SIGTSTP'] as const

export const processes: AttackGroup = {
  name: 'processes',
  attacks: [
    contained(
      'fork bomb',
      `import os
while True:
    try:
        os.fork()
    except OSError:
        os._exit(1)`,
      ['interpreter_died', 'time_limit'],
      { plain: { leftOut: 'nothing bounds the processes of root' } },
    ),
    probe(
      'more processes than allowed',
      `import os, time
def flood():
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(3600)
attempt(flood)`,
      'same',
      { timeout: 10 },
    ),
    contained(
      'thread bomb',
      `import threading
forever = threading.Event()
while True:
    threading.Thread(target=forever.wait, daemon=True).start()`,
      'exception',
      { says: /can't start new thread|MemoryError/ },
    ),
    contained(
      'daemon that left its group',
      `import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 64)
        while True: time.sleep(1)
    os._exit(0)
os.wait()
None`,
      'ok',
    ),
    probe(
      'flood of zombies',
      `import os
def flood():
    for _ in range(200):
        if os.fork() == 0:
            os._exit(0)
attempt(flood)`,
      'same',
      { timeout: 10 },
    ),
    contained(
      'child that keeps the connection open',
      `import os, time
if os.fork() == 0:
    while True: time.sleep(1)
os._exit(0)`,
      'interpreter_died',
    ),
    contained(
      'child that answers too',
      `import os
os.fork()
1`,
      ['ok'],
      { late: ['protocol_violation'], pauseMs: 50 },
    ),
    contained('signal to every process', 'import os\ntry: os.kill(-1, 9)\nexcept OSError: pass\nNone', 'ok', {
      plain: leftOut,
    }),
    contained('signal to the process group', 'import os\nos.kill(0, 9)', ['ok', 'interpreter_died'], {
      plain: leftOut,
    }),
    contained('signal to process 1', 'import os\ntry: os.kill(1, 9)\nexcept PermissionError: pass\nNone', 'ok', {
      plain: leftOut,
    }),
    probe('signal to the host', ({ pid }) => `import os\nattempt(lambda: os.kill(${pid}, 0))`),
    probe('signal to the keeper', 'import os\nattempt(lambda: os.kill(os.getppid() or 2, 0))'),
    probe(
      'priority of other processes',
      ({ pid }) =>
        `import os\nattempt(lambda: os.setpriority(os.PRIO_PROCESS, ${pid}, os.getpriority(os.PRIO_PROCESS, ${pid})))`,
    ),
    contained('os._exit', 'import os\nos._exit(0)', 'interpreter_died'),
    contained('sys.exit', 'import sys\nsys.exit(1)', 'exception', { says: /SystemExit: 1/ }),
    contained('segmentation fault', 'import ctypes\nctypes.string_at(0)', 'interpreter_died'),
    contained('abort', 'import os\nos.abort()', 'interpreter_died'),
    contained('recursion without end', 'def f(): return f()\nf()', 'exception', { says: /RecursionError/ }),
    contained(
      'recursion without end in C',
      'import sys\nsys.setrecursionlimit(10 ** 9)\nclass A:\n    def __getattr__(self, name): return getattr(self, name)\nA().a',
      ['interpreter_died', 'exception'],
    ),
    ...stops.map((name) =>
      contained(
        `${name} to itself`,
        `import os, signal\nos.kill(os.getpid(), signal.${name})\nwhile True: pass`,
        'time_limit',
      ),
    ),
    contained(
      'stopped keeper',
      'import os, signal\ntry: os.kill(os.getppid(), signal.SIGSTOP)\nexcept OSError: pass\nNone',
      'ok',
      // From inside its own namespaces a worker has no parent that it could name: 0 is its own group.
      {
        code: 'import os, signal\nif os.getppid():\n    try: os.kill(os.getppid(), signal.SIGSTOP)\n    except OSError: pass\nNone',
        plain: leftOut,
      },
    ),
  ],
}
