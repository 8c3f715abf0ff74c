import { userInfo } from 'node:os';
import {
  CertificateXmlEncryptor,
  certificateList,
  DataProtectionProvider,
  silentLogger,
  type Logger,
} from '@poolhouse/data-protection';
import { xmlDecryptors } from '@poolhouse/data-protection/administration';
import type { KeeperAnswer, KeeperJob } from '../keeper-job.ts';
import { performAction } from './actions.ts';
import { describeRing } from './describe-ring.ts';
import { openBytes } from './open-bytes.ts';
import { openStore } from './open-store.ts';
import type { Ring } from './ring.ts';
import { withoutSecretsOf } from './without-secrets-of.ts';

/** Warnings that go into an answer; a broken ring could have one for each key. */
const mostWarnings = 20;

/**
 * One job of a key keeper; never rejects.
 *
 *   1. open the certificates and the store
 *   2. do what is asked
 *   3. describe the ring as it is then
 */
export async function performJob(job: KeeperJob): Promise<KeeperAnswer> {
  const clean = withoutSecretsOf(job);
  const warnings = new Set<string>();
  const warn = (message: string): void => void (warnings.size < mostWarnings && warnings.add(clean(message)));
  const logger: Logger = { error: warn, warn, info: () => undefined, debug: () => undefined };
  try {
    // 1.
    const certificate = job.certificate === undefined ? undefined : await openBytes(job.certificate);
    const older = await Promise.all(job.olderCertificates.map(openBytes));
    await using store = closing(await openStore(job.place, logger));
    const ring: Ring = {
      ...{ job, store, certificate, warn },
      encryptor: certificate === undefined ? undefined : new CertificateXmlEncryptor(certificate),
      decryptors: xmlDecryptors({
        certificates: [certificateList([...(certificate === undefined ? [] : [certificate]), ...older])],
      }),
      provider: (autoGenerateKeys, quiet = false) =>
        DataProtectionProvider.create({
          repository: store.repository,
          decryptionCertificates: older,
          ...(certificate === undefined ? {} : { certificate }),
          ...(job.keyLifetimeDays === undefined ? {} : { newKeyLifetimeDays: job.keyLifetimeDays }),
          ...{ autoGenerateKeys, preload: false, logger: quiet ? silentLogger : logger },
        }),
    };
    // 2.
    const { problem, ...result } = await performAction(ring);
    // 3.
    const description = await describeRing(ring);
    const standing = problem ?? description.problem;
    return {
      ...{ ok: true, keys: description.keys, ...result, warnings: [...warnings] },
      ...(standing === undefined ? {} : { problem: clean(standing) }),
    };
  } catch (error) {
    return { ok: false, error: clean(messageOf(error)).slice(0, 2_000) };
  }
}

function closing<T extends { close(): Promise<void> }>(store: T): T & AsyncDisposable {
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close().catch(() => undefined) });
}

/** Errors of connections often have no message of their own, but parts that do. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' && path !== undefined)
    return `the user ${userInfo().username} has no right to ${path} (${code})`;
  return error.message === '' ? (code ?? error.name) : error.message;
}
