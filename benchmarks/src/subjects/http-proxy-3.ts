import { fileURLToPath } from 'node:url';
import { startPeer } from './peer.ts';
import type { Subject } from './subject.ts';

/** The npm package http-proxy-3, successor of http-proxy, on this Node.js. */
export const httpProxy3: Subject = {
  name: 'http-proxy-3',
  start: (setting) =>
    startPeer(setting, {
      name: 'http-proxy-3',
      command: [process.execPath, fileURLToPath(new URL('programs/http-proxy-3.ts', import.meta.url))],
      env: { PORT: String(setting.port), ORIGIN_PORT: String(setting.originPort), NODE_ENV: 'production' },
    }),
};
