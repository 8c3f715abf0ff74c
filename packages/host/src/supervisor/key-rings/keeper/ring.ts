import type { Certificate, DataProtectionProvider, XmlEncryptor } from '@poolhouse/data-protection';
import type { XmlDecryptors } from '@poolhouse/data-protection/administration';
import type { KeeperJob } from '../keeper-job.ts';
import type { OpenStore } from './open-store.ts';

/** A ring while a job works on it. */
export interface Ring {
  readonly job: KeeperJob;
  readonly store: OpenStore;
  readonly certificate: Certificate | undefined;
  /** Protects new keys; undefined: they are stored in clear. */
  readonly encryptor: XmlEncryptor | undefined;
  readonly decryptors: XmlDecryptors;
  readonly warn: (message: string) => void;
  /** Reads the ring anew. @param quiet what it warns of is known already */
  provider(autoGenerateKeys: boolean, quiet?: boolean): DataProtectionProvider;
}
