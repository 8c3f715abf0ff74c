import { provideProgram } from '../machine/packages.ts';
import { peerFolder, startPeer } from './peer.ts';
import type { Setting, Subject } from './subject.ts';

/** HAProxy, one thread, connections to the upstream shared between clients, no log. */
export const haproxy: Subject = {
  name: 'HAProxy',
  start(setting) {
    const program = provideProgram('haproxy', 'haproxy', setting.report);
    return startPeer(setting, {
      name: 'HAProxy',
      command: [program, '-db', '-f', `${peerFolder(setting, 'HAProxy')}/haproxy.cfg`],
      files: { 'haproxy.cfg': configuration(setting) },
    });
  },
};

function configuration({ port, originPort }: Setting): string {
  return `global
  nbthread 1
  maxconn 8192

defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always

frontend clients
  bind 127.0.0.1:${port}
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
  default_backend origin

backend origin
  server origin 127.0.0.1:${originPort} pool-max-conn 256
`;
}
