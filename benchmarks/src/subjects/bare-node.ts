import { fileURLToPath } from 'node:url';
import { startPeer } from './peer.ts';
import type { Subject } from './subject.ts';

/** No proxy: the application itself, `apps/plain`, facing the clients. What in-process hosting is held against. */
export const bareNode: Subject = {
  name: 'no proxy, node:http',
  start: (setting) =>
    startPeer(setting, {
      name: 'no proxy, node:http',
      command: [process.execPath, fileURLToPath(new URL('../../apps/plain/server.ts', import.meta.url))],
      env: { PORT: String(setting.port), NODE_ENV: 'production' },
    }),
};
