import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

import { scratchFile } from '../harness/index.ts';

const python = '/usr/bin/python3';

/** Node.js can neither inherit a listening socket without accepting on it nor bind a unix datagram socket. */
export const hasPython = existsSync(python);

/**
 * A launcher that does what systemd does for a socket unit: listens, puts the sockets at descriptor 3 and up,
 * and becomes the service.
 *
 * @param addresses one socket each; an IPv6 one takes IPv4 as well only when it says `dual`
 */
export function socketActivation(
  addresses: readonly { readonly host: string; readonly port: number; readonly dual?: boolean }[],
  variables: Readonly<Record<string, string>> = {},
): string[] {
  const script = `
import json, os, socket, sys
sockets = []
for each in json.loads(sys.argv[1]):
    s = socket.socket(socket.AF_INET6 if ':' in each['host'] else socket.AF_INET)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if s.family == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if each.get('dual') else 1)
    s.bind((each['host'], each['port']))
    s.listen(4096)
    sockets.append(os.dup2(s.fileno(), s.fileno() + 100, inheritable=False))
for index, fd in enumerate(sockets): os.dup2(fd, 3 + index)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(sockets)))
os.environ.update(json.loads(sys.argv[2]))
os.execvp(sys.argv[3], sys.argv[3:])`;
  return [python, '-c', script, JSON.stringify(addresses), JSON.stringify(variables)];
}

/** The datagram socket of a service manager; each message is a list of assignments. */
export async function notifySocket(): Promise<{ readonly path: string; readonly messages: readonly string[][] }> {
  const path = scratchFile('notify');
  const script = `
import array, json, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('[]', flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(4096, 256)
    print(json.dumps(data.decode().split('\\n')), flush=True)
    for _, kind, fds in ancillary:
        if kind == socket.SCM_RIGHTS: [os.close(fd) for fd in array.array('i', fds)]`;
  const child = spawn(python, ['-c', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  const messages: string[][] = [];
  lines.on('line', (line) => {
    const assignments = JSON.parse(line) as string[];
    if (assignments[0] !== 'BARRIER=1') messages.push(assignments);
  });
  return { path, messages };
}
