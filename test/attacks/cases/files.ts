import { contained, probe, type AttackGroup } from '../attack.ts'

const reading = (path: string): string => `attempt(lambda: open(${JSON.stringify(path)}, "rb").read(1))`
const listing = (path: string): string => `import os\nattempt(lambda: os.listdir(${JSON.stringify(path)}))`
const writable = (path: string): string => `import os\nattempt(lambda: os.access(${path}, os.W_OK) or 1 / 0)`
const own = { leftOut: 'it is not tried where it could go wrong' } as const
const library = 'import numpy\npath = numpy.__file__\n'

export const files: AttackGroup = {
  name: 'files',
  attacks: [
    probe('/etc/passwd', reading('/etc/passwd')),
    probe('whether a file exists', 'import os\nattempt(lambda: os.stat("/etc/passwd"))'),
    probe('home folder', listing('/root'), 'same'),
    probe('project folder', listing(process.cwd())),
    probe('secret file', ({ secretFile }) => reading(secretFile)),
    probe('folder of the server', ({ serverSocket }) => listing(serverSocket.replace(/\/[^/]+$/, ''))),
    probe('root of process 1', 'import os\nattempt(lambda: os.listdir("/proc/1/root"))', {
      leftOut: 'whether root may is a matter of the machine',
    }),
    ...['environ', 'mem', 'fd', 'maps', 'mountinfo'].map((name) =>
      probe(
        `/proc/self/${name}`,
        name === 'fd' ? listing('/proc/self/fd') : `attempt(lambda: open("/proc/self/${name}", "rb"))`,
      ),
    ),
    probe('/sys', listing('/sys/kernel')),
    probe(
      'disk',
      'import os\nattempt(lambda: [os.stat(f"/dev/{name}") for name in os.listdir("/dev") if name[:2] in ("vd", "sd", "nv")][0])',
      {
        leftOut: 'a container need not have one',
      },
    ),
    probe('kernel memory', 'attempt(lambda: open("/dev/kmsg", "rb"))', { leftOut: 'a container need not have it' }),
    probe(
      'making a device',
      'import os, stat\nattempt(lambda: os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0)))',
      {
        code: 'import os, stat\nattempt(lambda: os.mknod("null", 0o600 | stat.S_IFCHR, os.makedev(1, 3)))\nif os.path.exists("null"): os.unlink("null")',
      },
    ),
    probe(
      'symbolic link to a file of the host',
      'import os\nos.symlink("/etc/passwd", "link")\nattempt(lambda: open("link").read(1))',
    ),
    probe('hard link to a file of the host', 'import os\nattempt(lambda: os.link("/etc/passwd", "link"))', {
      leftOut: 'whether two folders are on one disk is a matter of the machine',
    }),
    probe('name with dots', reading('../../../../../../../../etc/passwd')),
    probe(
      'file larger than the limit',
      'def fill():\n    with open("large", "wb") as file:\n        file.truncate(2 ** 30)\nattempt(fill)',
    ),
    probe(
      'more files than the limit',
      `import os
def fill():
    for number in range(5000): os.mkdir(f"flood_{number}")
attempt(fill)
for number in range(5000):
    if os.path.exists(f"flood_{number}"): os.rmdir(f"flood_{number}")`,
      'same',
      { timeout: 10 },
    ),
    probe('removing a library', `${library}import os\nattempt(lambda: os.unlink(path))`, {
      code: `${library}${writable('path')}`,
    }),
    probe('renaming a library', `${library}import os\nattempt(lambda: os.rename(path, path + ".old"))`, {
      code: `${library}${writable('os.path.dirname(path)')}`,
    }),
    probe(
      'planting code in the libraries',
      `${library}import os\nattempt(lambda: open(os.path.join(os.path.dirname(os.path.dirname(path)), "a.pth"), "w"))`,
      { code: `${library}${writable('os.path.dirname(os.path.dirname(path))')}` },
    ),
    probe(
      'planting code in the sandbox',
      'attempt(lambda: open(find("self").__class__.run.__code__.co_filename, "a"))',
      {
        code: `import os\n${writable('find("self").__class__.run.__code__.co_filename')}`,
      },
    ),
    probe('writing to /usr', 'attempt(lambda: open("/usr/planted", "w"))', { code: writable('"/usr"') }),
    probe('mode of a file of the host', 'import os\nattempt(lambda: os.chmod("/usr/bin/env", 0o4755))', {
      code: writable('"/usr/bin/env"'),
    }),
    ...[
      ['link in the place of an image', 'os.symlink("/etc/passwd", path)'],
      ['pipe in the place of an image', 'os.mkfifo(path)'],
      ['folder in the place of an image', 'os.mkdir(path)\nopen(path + "/a", "w").close()'],
    ].map(([name = '', plant = '']) =>
      contained(
        name,
        `import os, tempfile
import matplotlib.pyplot as plt
path = tempfile.gettempdir() + "/image_1.png"
${plant}
plt.plot([1, 2])
None`,
        'ok',
        { says: /image/, plain: own },
      ),
    ),
    contained(
      'scratch folder taken away',
      'import os, shutil\nfor name in os.listdir("."): shutil.rmtree(name, ignore_errors=True)\nos.chmod(".", 0)\nfrom PIL import Image\nImage.new("RGB", (4, 4))',
      'ok',
      { says: /image/, plain: own },
    ),
  ],
}
