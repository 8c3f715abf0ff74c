import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findGivenSockets } from './given-sockets.ts';

const row = (local: string, inode: number, state = '0A'): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 00`;
const tables = [
  [row('0100007F:1F90', 101), row('00000000:0050', 102), row('0100007F:1F91', 103, '01')].join('\n'),
  [
    row('00000000000000000000000000000000:0050', 104),
    row('0000000000000000FFFF00000200007F:0051', 105),
    row('B80D01200000000000000000F1A00000:01BB', 106),
  ].join('\n'),
];
const open: Readonly<Record<number, string>> = {
  3: 'socket:[101]',
  4: 'socket:[104]',
  5: 'socket:[105]',
  6: 'socket:[106]',
  7: 'socket:[103]',
  8: '/dev/null',
};
const find = (environment: NodeJS.ProcessEnv, pid = 7) => findGivenSockets(environment, pid, (fd) => open[fd], tables);

describe('sockets of socket activation', () => {
  it('are found from descriptor 3 on, with name, address and port', () => {
    expect(find({ LISTEN_PID: '7', LISTEN_FDS: '4', LISTEN_FDNAMES: 'local:web:mapped:six' })).toEqual({
      sockets: [
        { fd: 3, name: 'local', address: '127.0.0.1', port: 8080 },
        { fd: 4, name: 'web', address: '::', port: 80 },
        { fd: 5, name: 'mapped', address: '127.0.0.2', port: 81 },
        { fd: 6, name: 'six', address: '2001:db8::a0f1', port: 443 },
      ],
      problems: [],
    });
  });

  it.each([
    ['nothing was given', {}],
    ['no pid was told', { LISTEN_FDS: '1' }],
    ['none, for another process', { LISTEN_PID: '8', LISTEN_FDS: '0' }],
    ['none', { LISTEN_PID: '7', LISTEN_FDS: '0', LISTEN_FDNAMES: undefined }],
  ])('%s: nothing to say', (_, environment) => {
    expect(find(environment)).toEqual({ sockets: [], problems: [] });
  });

  it.each([
    ['another process', { LISTEN_PID: '8', LISTEN_FDS: '1' }, /given to process 8, and this is process 7.*ExecStart=/],
    ['a pid that is none', { LISTEN_PID: '7x', LISTEN_FDS: '1' }, /LISTEN_PID is "7x"/],
    ['a number that is none', { LISTEN_PID: '7', LISTEN_FDS: '-1' }, /LISTEN_FDS is "-1".*from 0 to 4096/],
    ['too many', { LISTEN_PID: '7', LISTEN_FDS: '99999' }, /LISTEN_FDS is "99999"/],
  ])('%s: none is used, and why', (_, environment, problem) => {
    expect(find(environment)).toEqual({ sockets: [], problems: [expect.stringMatching(problem)] });
  });

  it('uses the sockets without their names when the names do not fit', () => {
    const { sockets, problems } = find({ LISTEN_PID: '7', LISTEN_FDS: '1', LISTEN_FDNAMES: 'a:b' });
    expect(sockets).toEqual([{ fd: 3, name: '', address: '127.0.0.1', port: 8080 }]);
    expect(problems).toEqual([expect.stringContaining('2 names for 1 sockets')]);
  });

  it('tells what is no listening TCP socket, and what is not open', () => {
    const { sockets, problems } = find({
      LISTEN_PID: '7',
      LISTEN_FDS: '7',
      LISTEN_FDNAMES: 'a:b:c:d:accepted:null:gone',
    });
    expect(sockets).toHaveLength(4);
    expect(problems).toEqual([
      expect.stringMatching(/descriptor 7 \(accepted\) is no listening TCP socket.*Accept=no/),
      expect.stringMatching(/descriptor 8 \(null\) is no listening TCP socket/),
      expect.stringMatching(/descriptor 9 \(gone\) was announced by LISTEN_FDS and is not open/),
    ]);
  });

  it('never fails, whatever the variables and tables hold', () => {
    const value = fc.option(fc.oneof(fc.string(), fc.integer().map(String)), { nil: undefined });
    fc.assert(
      fc.property(value, value, value, fc.string(), (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, table) => {
        const { problems } = findGivenSockets({ LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES }, 7, () => 'socket:[1]', [
          table,
        ]);
        expect(problems.every((problem) => problem.length < 600)).toBe(true);
      }),
    );
  });

  it('finds a real one that a process inherited', async () => {
    const server = createServer().listen(0, '::1');
    await once(server, 'listening');
    const script = `
      import { findGivenSockets } from ${JSON.stringify(new URL('given-sockets.ts', import.meta.url).href)};
      process.send(findGivenSockets({ ...process.env, LISTEN_PID: String(process.pid) }, process.pid));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { LISTEN_FDS: '1', LISTEN_FDNAMES: 'web.socket' },
      // Node.js gives a server's descriptor to `stdio` only by its number.
      stdio: ['ignore', 'inherit', 'inherit', (server as unknown as { _handle: { fd: number } })._handle.fd, 'ipc'],
    });
    const [found] = await once(child, 'message');
    const { port } = server.address() as AddressInfo;
    expect(found).toEqual({ sockets: [{ fd: 3, name: 'web.socket', address: '::1', port }], problems: [] });
    server.close();
  });
});
