import { provideProgram } from '../machine/packages.ts';
import { peerFolder, startPeer } from './peer.ts';
import type { Setting, Subject } from './subject.ts';

/** Caddy. It sets X-Forwarded-For, -Proto and -Host by itself and writes no access log unless asked to. */
export const caddy: Subject = {
  name: 'Caddy',
  start(setting) {
    const program = provideProgram('caddy', 'caddy', setting.report);
    const folder = peerFolder(setting, 'Caddy');
    return startPeer(setting, {
      name: 'Caddy',
      command: [program, 'run', '--adapter', 'caddyfile', '--config', `${folder}/Caddyfile`],
      env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      files: { Caddyfile: configuration(setting) },
    });
  },
};

function configuration({ port, originPort }: Setting): string {
  return `{
	admin off
	auto_https off
	default_bind 127.0.0.1
}
http://:${port} {
	reverse_proxy 127.0.0.1:${originPort} {
		transport http {
			compression off
			keepalive_idle_conns 256
			keepalive_idle_conns_per_host 256
		}
	}
}
`;
}
