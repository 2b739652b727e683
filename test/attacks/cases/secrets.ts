import { secretWord } from '../secret.ts'
import { probe, type AttackGroup } from '../attack.ts'

// Put together only where it is looked for, so that the search does not find itself.
const word = `"".join(${JSON.stringify(secretWord.split(''))})`

export const secrets: AttackGroup = {
  name: 'secrets',
  attacks: [
    probe('environment', `import os\nattempt(lambda: {**os.environ}["INTERLEAVE_ATTACK"])`),
    probe(
      'environment in the memory of C',
      'import ctypes\nlibc = ctypes.CDLL(None)\nlibc.getenv.restype = ctypes.c_char_p\nattempt(lambda: libc.getenv(b"INTERLEAVE_ATTACK").decode())',
    ),
    probe(
      'environment of the host',
      ({ pid }) => `attempt(lambda: open("/proc/${pid}/environ").read().index("INTERLEAVE_ATTACK"))`,
    ),
    probe('command line of the host', ({ pid }) => `attempt(lambda: open("/proc/${pid}/cmdline").read())`),
    probe(
      'memory of another process',
      `import os
def read():
    parent = os.getppid()
    with open(f"/proc/{parent}/maps") as maps: start = int(maps.readline().split("-")[0], 16)
    with open(f"/proc/{parent}/mem", "rb") as memory:
        memory.seek(start)
        return len(memory.read(16))
attempt(read)`,
    ),
    probe(
      'host name',
      `import os\nattempt(lambda: os.uname().nodename if os.uname().nodename != "sandbox" else 1 / 0)`,
    ),
    probe(
      'what other rollouts hold, among all objects',
      `import gc
def search():
    secret = ${word}
    for found in gc.get_objects():
        held = found.values() if type(found) is dict else found if type(found) in (list, tuple) else ()
        for value in list(held):
            if type(value) is str and value is not secret and secret in value: return "found"
    raise LookupError
attempt(search)`,
    ),
    probe(
      'what other rollouts hold, up the stack',
      `import sys
def search():
    secret = ${word}
    frame = sys._getframe().f_back
    while frame is not None:
        for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
            if isinstance(value, str) and secret in value: return "found"
        frame = frame.f_back
    raise LookupError
attempt(search)`,
    ),
    probe(
      'files of other rollouts',
      'import glob\nattempt(lambda: [open(name).read() for name in glob.glob("/tmp/interleave-python-*/root/s*/held.txt") + glob.glob("/tmp/held.txt")][0])',
    ),
  ],
}
