/**
 * Makes a Node.js process a worker: `node --require …/preload.js server.js`. It stays in the application's process
 * and runs before any of its code; forks and threads of the application load it too and find nothing to do.
 */
import { isMainThread } from 'node:worker_threads';
import { takeSettings } from './settings.ts';
import { startWorker } from './worker.ts';

try {
  const settings = isMainThread ? takeSettings(process.env) : undefined;
  if (settings !== undefined) startWorker(settings, __filename);
} catch (error) {
  process.stderr.write(`poolhouse: this process cannot be a worker: ${(error as Error).message}\n`);
  process.exit(1);
}
