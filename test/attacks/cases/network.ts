import { probe, type AttackGroup } from '../attack.ts'

const machine = { leftOut: 'whether the kernel offers it is a matter of the machine' } as const

const socket = (family: string, kind = 'SOCK_STREAM', protocol = '0'): string =>
  `import socket\nattempt(lambda: socket.socket(${family}, socket.${kind}, ${protocol}))`

export const network: AttackGroup = {
  name: 'network',
  attacks: [
    probe('TCP', socket('socket.AF_INET')),
    probe('UDP', socket('socket.AF_INET', 'SOCK_DGRAM')),
    probe('TCP over IPv6', socket('socket.AF_INET6'), machine),
    probe('ICMP', socket('socket.AF_INET', 'SOCK_RAW', '1'), machine),
    probe('raw packets', socket('17', 'SOCK_RAW'), machine),
    probe('netlink', socket('16', 'SOCK_RAW'), machine),
    probe('MPTCP', socket('socket.AF_INET', 'SOCK_STREAM', '262'), machine),
    probe('vsock', socket('40'), machine),
    probe('kernel cryptography', socket('38', 'SOCK_SEQPACKET'), machine),
    probe('Bluetooth', socket('31', 'SOCK_RAW', '1'), machine),
    probe('XDP', socket('44', 'SOCK_RAW'), machine),
    probe('pair of internet sockets', 'import socket\nattempt(lambda: socket.socketpair(socket.AF_INET))', machine),
    probe('name server', 'import socket\nattempt(lambda: socket.getaddrinfo("example.org", 80))', {
      leftOut: 'it would reach the network',
    }),
    probe(
      'metadata of a cloud',
      'import urllib.request\nattempt(lambda: urllib.request.urlopen("http://169.254.169.254/", timeout=0.2))',
      {
        leftOut: 'it would reach the network',
      },
    ),
    probe(
      'service on this machine',
      ({ tcpPort }) => `import socket\nattempt(lambda: socket.create_connection(("127.0.0.1", ${tcpPort}), 0.5))`,
    ),
    probe(
      'Unix socket by path',
      ({ unixPath }) =>
        `import socket\nattempt(lambda: socket.socket(socket.AF_UNIX).connect(${JSON.stringify(unixPath)}))`,
    ),
    probe(
      'abstract Unix socket',
      ({ abstractName }) =>
        `import socket\nattempt(lambda: socket.socket(socket.AF_UNIX).connect("\\0" + ${JSON.stringify(abstractName)}))`,
    ),
    probe(
      'socket of the server',
      ({ serverSocket }) =>
        `import socket\nattempt(lambda: socket.socket(socket.AF_UNIX).connect(${JSON.stringify(serverSocket)}))`,
    ),
    probe(
      'one end of a pair, connected elsewhere',
      ({ unixPath }) =>
        `import socket\nend = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0]\nattempt(lambda: end.sendto(b"a", ${JSON.stringify(unixPath)}))`,
    ),
    probe(
      'running a program',
      'import subprocess\nattempt(lambda: subprocess.run(["/usr/bin/env"], capture_output=True).stdout)',
    ),
  ],
}
