import { contained, hangs, type AttackGroup } from '../attack.ts'

export const cpu: AttackGroup = {
  name: 'CPU and time',
  attacks: [
    hangs('endless loop', 'while True: pass'),
    hangs('power of large numbers', '7 ** (10 ** 9)'),
    hangs('regular expression that backtracks', 'import re\nre.match(r"(a+)+$", "a" * 60 + "b")'),
    hangs('sorting without end', 'import numpy as np\na = np.arange(10 ** 7)[::-1]\nwhile True: np.sort(a)'),
    hangs('sleep beyond the limit', 'import time\ntime.sleep(3600)'),
    hangs(
      'all signals ignored',
      `import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass`,
    ),
    hangs(
      'all signals blocked',
      'import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass',
    ),
    hangs(
      'timers reset',
      'import signal\nsignal.alarm(0)\nsignal.setitimer(signal.ITIMER_REAL, 0)\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass',
    ),
    hangs(
      'interrupt swallowed',
      `while True:
    try:
        while True: pass
    except KeyboardInterrupt:
        pass`,
    ),
    hangs('__repr__ without end', 'class A:\n    def __repr__(self):\n        while True: pass\nA()'),
    hangs('__str__ without end', 'class A:\n    def __str__(self):\n        while True: pass\nprint(A())'),
    hangs(
      '__str__ of an exception without end',
      'class A(Exception):\n    def __str__(self):\n        while True: pass\nraise A()',
    ),
    hangs('__del__ without end', 'class A:\n    def __del__(self):\n        while True: pass\na = A()\ndel a'),
    contained(
      'loop at exit',
      'import atexit, sys\ndef loop():\n    while True: pass\natexit.register(loop)\nsys.exit(3)',
      'exception',
    ),
    contained(
      'thread that goes on after the reply',
      'import threading\ndef loop():\n    while True: pass\nthreading.Thread(target=loop, daemon=True).start()',
      'ok',
    ),
  ],
}
