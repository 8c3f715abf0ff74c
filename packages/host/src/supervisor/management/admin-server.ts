import { once } from 'node:events';
import { chmodSync, lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { adminSocketName } from '../file-locations.ts';
import { createApi } from './api.ts';
import type { SupervisorOperations } from './operations.ts';

/** The management API on its socket. */
export interface AdminServer {
  /** Absolute path of the socket. */
  readonly path: string;
  /** Ends streams, finishes what is being answered, removes the socket. Idempotent. */
  close(): Promise<void>;
}

/** How long a client may take to read its last answer at close, milliseconds. */
const closePatienceMs = 1_000;

/**
 * Serves the management API on `admin.sock` in the run folder. Who may connect is decided by the permissions
 * of the socket (0600) alone, so there is no check of Host or Origin: a browser cannot reach it.
 *
 * @throws Error when another process answers there
 */
export async function startAdminServer(runFolder: string, operations: SupervisorOperations): Promise<AdminServer> {
  const path = join(runFolder, adminSocketName);
  if (await answers(path)) throw new Error(`another Poolhouse answers on ${path}; stop it with: poolhouse stop`);

  const closing = new AbortController();
  const server = createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000 },
    createApi(operations, closing.signal),
  );
  server.maxConnections = 64;
  await listenPrivately(server, runFolder, path);
  const own = identityOf(path);

  async function close(): Promise<void> {
    // A supervisor that starts while this one ends may have put its own socket there.
    if (identityOf(path) === own) rmSync(path, { force: true });
    closing.abort();
    const ended = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    const patience = setTimeout(() => server.closeAllConnections(), closePatienceMs);
    await ended;
    clearTimeout(patience);
  }
  let closed: Promise<void> | undefined;
  return { path, close: () => (closed ??= close()) };
}

/** The socket gets its permissions in a folder that is closed to others, then its place: there is no open moment. */
async function listenPrivately(server: Server, runFolder: string, path: string): Promise<void> {
  const hidden = mkdtempSync(join(runFolder, '.a-'));
  try {
    const socket = join(hidden, 's');
    server.listen(socket);
    await once(server, 'listening');
    chmodSync(socket, 0o600);
    renameSync(socket, path);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    rmSync(hidden, { recursive: true, force: true });
  }
}

/** Tells a file from one that later gets its name, and perhaps its inode. */
function identityOf(path: string): string | undefined {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.ctimeNs}`;
}

/** Whether a process serves this socket; a file that a dead one left behind does not answer. */
async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
