import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, type Credentials } from '../../linux/index.ts';
import type { KeeperAnswer, KeeperJob } from './keeper-job.ts';
import { parseKeeperAnswer } from './parse-keeper-answer.ts';

/**
 * Does one job on a ring. Rejects only for a keeper that cannot be started.
 *
 * @param signal ends the keeper at once: nobody waits for its answer any more
 */
export type AskKeeper = (
  job: KeeperJob,
  credentials: Credentials | undefined,
  signal?: AbortSignal,
) => Promise<KeeperAnswer>;

/** A store on a dead network never answers; milliseconds. */
const timeLimitMs = 30_000;
/** MiB. */
const heapLimitMiB = 256;

/**
 * Starts a process that knows the format of key rings, gives it one job, and ends it: whoever is root parses no XML, no
 * certificate and no answer of a database, and never touches a folder that belongs to a pool's user.
 */
export async function askKeeper(
  job: KeeperJob,
  credentials: Credentials | undefined,
  signal?: AbortSignal,
): Promise<KeeperAnswer> {
  const own = import.meta.url;
  const keeper = await launch({
    program: process.execPath,
    arguments: [`--max-old-space-size=${heapLimitMiB}`, fileURLToPath(new URL(`keeper-main${extname(own)}`, own))],
    workingDirectory: '/',
    environment: certificateAuthorities(),
    output: undefined,
    channel: true,
    sockets: [],
    credentials,
  });
  let timer: NodeJS.Timeout | undefined;
  let end = (): void => undefined;
  try {
    return await new Promise<KeeperAnswer>((resolve) => {
      const fail = (why: string): void => resolve({ ok: false, error: `the key keeper ${why}` });
      end = () => fail('is not needed any more');
      if (signal?.aborted === true) return end();
      signal?.addEventListener('abort', end);
      timer = setTimeout(() => fail(`did not finish within ${timeLimitMs / 1000} seconds`), timeLimitMs);
      keeper.onMessage((message) =>
        resolve(parseKeeperAnswer(message) ?? { ok: false, error: 'the key keeper gave an answer that is none' }),
      );
      keeper.onExit(({ code, signal }) => fail(`ended (${signal ?? code}) before it had answered`));
      keeper.send(job);
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    keeper.killTree();
  }
}

/** For stores whose certificate a private authority signed. */
function certificateAuthorities(): Record<string, string> {
  const file = process.env['NODE_EXTRA_CA_CERTS'];
  return file === undefined ? {} : { NODE_EXTRA_CA_CERTS: file };
}
