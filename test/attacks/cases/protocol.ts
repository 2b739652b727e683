import { contained, type Attack, type AttackGroup } from '../attack.ts'

/** Finds the connection and the nonce of the running request; `send` writes a frame with any header. */
const forge = `import json, os, struct, sys, threading, time
def worker():
    frame = sys._getframe()
    while "nonce" not in frame.f_locals: frame = frame.f_back
    return frame.f_locals["self"], frame.f_locals["nonce"]
self, nonce = worker()
data, link = self._data, self._link
def encode(header):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<II", 4 + len(text), len(text)) + text
def send(header): data.sendall(encode(header))
def wait():
    while True: pass
`

const forged = (name: string, code: string, ends: Attack['ends'], more: Partial<Attack> = {}): Attack =>
  contained(name, `${forge}${code}`, ends, more)

export const protocol: AttackGroup = {
  name: 'descriptors and protocol',
  attacks: [
    contained(
      'bytes to every descriptor',
      `import os
for fd in range(256):
    try: os.write(fd, b"hello" * 100)
    except OSError: pass
while True: pass`,
      ['protocol_violation', 'interpreter_died'],
    ),
    forged('frame with another nonce', 'send({"nonce": "0" * 32, "output": "forged"})\nwait()', ['protocol_violation']),
    forged('frame without a nonce', 'send({"output": "forged"})\nwait()', ['protocol_violation']),
    forged('frame with the right nonce, then the real one', 'send({"nonce": nonce, "output": "forged"})', ['ok'], {
      late: ['protocol_violation'],
      pauseMs: 50,
    }),
    forged(
      'two frames with the right nonce',
      'data.sendall(encode({"nonce": nonce, "output": "one"}) * 2)\nwait()',
      ['ok'],
      { late: ['protocol_violation'], pauseMs: 50 },
    ),
    forged('half a frame, then the real one', 'data.sendall(encode({"nonce": nonce, "output": ""})[:20])', [
      'protocol_violation',
    ]),
    forged('half a frame, then silence', 'data.sendall(encode({"nonce": nonce, "output": ""})[:20])\nwait()', [
      'protocol_violation',
    ]),
    forged('length of 4 GB', 'data.sendall(b"\\xff" * 8)\nwait()', ['protocol_violation']),
    forged('length of 0', 'data.sendall(bytes(8))\nwait()', ['protocol_violation']),
    forged('header longer than its frame', 'data.sendall(struct.pack("<II", 10, 1000) + b"abcdef")\nwait()', [
      'protocol_violation',
    ]),
    forged('invalid JSON', 'send(b"{")\nwait()', ['protocol_violation']),
    forged('invalid UTF-8', 'send(b"\\xff\\xfe\\xc0")\nwait()', ['protocol_violation']),
    forged('JSON that is no object', 'send(b"[1]")\nwait()', ['protocol_violation']),
    forged('lists within lists', 'send(b"[" * 10 ** 6 + b"]" * 10 ** 6)\nwait()', ['protocol_violation']),
    forged('output that is no text', 'send({"nonce": nonce, "output": 1})\nwait()', ['protocol_violation']),
    forged('blobs longer than the frame', 'send({"nonce": nonce, "output": "", "blobs": [10 ** 9]})\nwait()', [
      'protocol_violation',
    ]),
    forged('blobs of negative length', 'send({"nonce": nonce, "output": "", "blobs": [-5]})\nwait()', [
      'protocol_violation',
    ]),
    forged(
      'bytes after the last blob',
      'text = json.dumps({"nonce": nonce, "output": ""}).encode()\ndata.sendall(struct.pack("<II", 9 + len(text), len(text)) + text + b"after")\nwait()',
      ['protocol_violation'],
    ),
    forged('millions of empty blobs', 'send({"nonce": nonce, "output": "", "blobs": [0] * 2000000})\nwait()', [
      'protocol_violation',
    ]),
    forged('more pictures than a reply may have', 'send({"nonce": nonce, "output": "", "blobs": [0] * 100})\nwait()', [
      'protocol_violation',
    ]),
    forged('60 MB of output', 'send({"nonce": nonce, "output": "a" * 60000000})\nwait()', ['protocol_violation']),
    forged(
      'half of a pair of surrogates',
      'send(b\'{"nonce": "\' + nonce.encode() + b\'", "output": "\\\\ud800"}\')',
      ['ok'],
      { late: ['protocol_violation'], pauseMs: 50 },
    ),
    forged(
      'reply after the time limit',
      'try: wait()\nexcept KeyboardInterrupt: send({"nonce": nonce, "output": "late"})\nwait()',
      ['time_limit'],
    ),
    forged(
      'bytes between calls, from a thread',
      'threading.Timer(0.1, lambda: data.sendall(b"hello")).start()\nNone',
      ['ok'],
      { late: ['protocol_violation'], pauseMs: 300 },
    ),
    forged('connection closed', 'os.close(data.fileno())\nwait()', ['interpreter_died']),
    forged('connection replaced', 'os.dup2(os.open("/dev/null", os.O_RDWR), data.fileno())\nwait()', [
      'interpreter_died',
    ]),
    forged('connection shut for writing', 'import socket\ndata.shutdown(socket.SHUT_WR)\nwait()', ['interpreter_died']),
    forged('all descriptors closed', 'os.closerange(0, 256)\nwait()', ['interpreter_died']),
    ...[
      ['bytes to the keeper', 'link.send(b"hello")'],
      ['JSON to the keeper that is no object', 'link.send(b"1")'],
      ['lists within lists to the keeper', 'link.send(b"[" * 60000)'],
      ['the wish to go on in a copy', 'link.send(b\'{"op": "continue"}\')'],
      ['an empty packet to the keeper', 'link.send(b"")'],
      [
        'files to the keeper',
        'import array, socket\nlink.sendmsg([b"{}"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [data.fileno()] * 50))])',
      ],
      ['connection to the keeper closed', 'os.close(link.fileno())'],
    ].map(([name = '', code = '']) => forged(name, `${code}\nwait()`, ['interpreter_died'])),
    contained('output replaced', 'import sys\nsys.stdout = sys.stderr = sys.__stdout__ = None', 'ok'),
    contained('output closed', 'import sys\nsys.stdout.close()', ['ok', 'exception']),
    contained(
      'built-in functions broken',
      'import builtins\nfor name in ("len", "print", "isinstance", "hash"): setattr(builtins, name, None)',
      ['ok', 'interpreter_died'],
    ),
  ],
}
