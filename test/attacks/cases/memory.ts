import { contained, probe, type AttackGroup } from '../attack.ts'

/** The suite's limit for one session. */
export const memoryBytes = 2 ** 30

const large = 700 * 2 ** 20

export const memory: AttackGroup = {
  name: 'memory',
  attacks: [
    contained('one huge allocation', 'b = bytearray(3 * 2 ** 30)', 'exception', { says: /MemoryError/ }),
    contained('bytes times 10^10', 'b"a" * 10 ** 10', 'exception', { says: /MemoryError/ }),
    contained('array of 10^10 numbers', 'import numpy as np\nnp.ones(10 ** 10)', 'exception', { says: /MemoryError/ }),
    contained(
      'slow growth',
      'held = []\nwhile True: held.append(bytearray(2 ** 24))',
      ['exception', 'interpreter_died'],
      { timeout: 10 },
    ),
    contained('huge integer', '1 << (10 ** 11)', 'exception', { says: /MemoryError|OverflowError/ }),
    probe(
      'memory times processes',
      `import os
def fill():
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            held = bytearray(${large})
            for at in range(0, len(held), 4096): held[at] = 1
            os._exit(0)
        children.append(child)
    held = b"\\1" * ${large}
    for child in children:
        if os.waitpid(child, 0)[1] != 0:
            raise MemoryError
attempt(fill)`,
      'same',
      { ends: ['ok', 'interpreter_died'], says: /^blocked: |interpreter_died|ended while/m, timeout: 20 },
    ),
    probe(
      'more temporary files than the limit',
      `import os
def fill():
    for number in range(3):
        with open(f"fill_{number}", "wb") as file:
            for _ in range(30): file.write(bytes(2 ** 20))
attempt(fill)
for number in range(3):
    if os.path.exists(f"fill_{number}"): os.unlink(f"fill_{number}")`,
      'same',
      { timeout: 10 },
    ),
    probe(
      'more shared memory than the limit',
      `import os
path = f"/dev/shm/interleave-attack-{os.getpid()}"
def fill():
    with open(path, "wb") as file: file.write(bytes(20 * 2 ** 20))
attempt(fill)
if os.path.exists(path): os.unlink(path)`,
    ),
    probe('memory file', 'import os\nattempt(lambda: os.memfd_create("a"))'),
    contained(
      'scratch space left full',
      `import os
try:
    with open("fill", "wb") as file:
        while True: file.write(bytes(2 ** 20))
except OSError: pass
import matplotlib.pyplot as plt
plt.plot([1, 2])
None`,
      'ok',
      { says: /image/, timeout: 10, plain: { leftOut: 'the disk is not its own' } },
    ),
    contained(
      'hoard of pipes',
      `import os
try:
    while True:
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        os.write(writer, bytes(65536))
except OSError as error: print(error)`,
      'ok',
      { says: /Too many open files/ },
    ),
    contained(
      'hoard of socket pairs',
      `import socket
held = []
try:
    while True:
        pair = socket.socketpair()
        held.append(pair)
        pair[0].setblocking(False)
        try:
            while True: pair[0].send(bytes(65536))
        except BlockingIOError: pass
except OSError as error: print(error)`,
      'ok',
      { says: /Too many open files/ },
    ),
    contained(
      'hoard of files on their way',
      `import array, socket
pair = socket.socketpair()
held = array.array("i", [pair[0].fileno()] * 253)
try:
    while True: pair[0].sendmsg([b"a"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, held)])
except OSError as error: print(error)`,
      'ok',
      {
        says: /Too many references|temporarily/,
        timeout: 10,
        plain: { leftOut: 'files on their way of root are not bounded' },
      },
    ),
    contained(
      'map of a sparse file',
      `import mmap
with open("sparse", "wb") as file: file.truncate(60 * 2 ** 20)
with open("sparse", "r+b") as file:
    held = [mmap.mmap(file.fileno(), 0) for _ in range(100)]`,
      'exception',
      { says: /Cannot allocate memory|Too many open files/ },
    ),
    contained(
      'huge stack',
      'import threading\nthreading.stack_size(2 ** 34)\nthreading.Thread(target=print).start()',
      'exception',
    ),
  ],
}
