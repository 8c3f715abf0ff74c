import { fileURLToPath } from 'node:url';
import { startPeer } from './peer.ts';
import type { Subject } from './subject.ts';

/** A hand-written proxy: undici's dispatch behind `node:http`, on this Node.js. */
export const undici: Subject = {
  name: 'undici',
  start: (setting) =>
    startPeer(setting, {
      name: 'undici',
      command: [process.execPath, fileURLToPath(new URL('programs/undici.ts', import.meta.url))],
      env: { PORT: String(setting.port), ORIGIN_PORT: String(setting.originPort), NODE_ENV: 'production' },
    }),
};
