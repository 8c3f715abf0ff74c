/**
 * What passes between the supervisor or the command line and a key keeper: one job, one answer, then it ends.
 *
 *   supervisor, as root                      key keeper, as poolhouse-keys or a pool's user
 *   place, certificates, action  ──────►     opens the store, reads and writes XML, makes keys
 *                                ◄──────     facts of the keys; for a copy also the elements in clear
 */
export interface KeeperJob {
  readonly place: RingPlace;
  /** Of new keys, days; undefined: the machine's policy, else 90. */
  readonly keyLifetimeDays?: number;
  readonly autoGenerate: boolean;
  /** Protects new keys in the store. */
  readonly certificate?: CertificateBytes;
  /** Open keys that are there. */
  readonly olderCertificates: readonly CertificateBytes[];
  readonly action: KeeperAction;
}

export type RingPlace =
  /** No ring: for jobs that need none. */
  | { readonly store: 'None' }
  /** `local`: of one pool's user alone. */
  | { readonly store: 'Folder'; readonly path: string; readonly local: boolean }
  /** `connection` is a URL, most often with a password. */
  | { readonly store: 'Redis' | 'PostgreSql'; readonly connection: string; readonly name: string };

/** Files of one certificate, as they were read and not looked at. */
export interface CertificateBytes {
  readonly files: readonly { readonly path: string; readonly base64: string }[];
  readonly passphrase?: string;
}

export type KeeperAction =
  /**
   * Makes a key when the ring needs one; answers with the elements, secrets in clear. A ring that had keys and is empty
   * now is an error: its share is not mounted, or somebody emptied it, and a new key would sign everybody out.
   */
  | { readonly type: 'load'; readonly hadKeys: boolean }
  | { readonly type: 'describe' }
  /** Makes the folder of a local ring, or its mode what it must be. Makes no key. */
  | { readonly type: 'provision' }
  | { readonly type: 'create'; readonly activateInMs: number }
  | { readonly type: 'revoke'; readonly keyId: string; readonly reason: string }
  /** ISO 8601. */
  | { readonly type: 'revokeBefore'; readonly before: string; readonly reason: string }
  /** For another certificate, or for the ring's own. */
  | { readonly type: 'reprotect'; readonly certificate?: CertificateBytes }
  /** Answers with the elements, secrets in clear. */
  | { readonly type: 'read' }
  /** Adds elements, secrets in clear, that the ring lacks. */
  | { readonly type: 'import'; readonly elements: readonly RingElement[] }
  /** Makes an archive of elements; needs no ring. */
  | { readonly type: 'seal'; readonly elements: readonly RingElement[]; readonly passphrase: string }
  /** Reads archives and key files; answers with their elements, secrets in clear. Needs no ring. */
  | {
      readonly type: 'open';
      readonly documents: readonly { readonly name: string; readonly text: string }[];
      /** Of an archive among the documents. */
      readonly passphrase?: string;
      /** Open the secrets of key files. */
      readonly certificates: readonly CertificateBytes[];
    }
  | { readonly type: 'prune'; readonly olderThanMs: number; readonly includeUnexpired: boolean };

export type KeeperAnswer =
  | {
      readonly ok: true;
      readonly keys: readonly KeyFacts[];
      /** Ids of keys, or names of elements, that the action made, changed or took away. */
      readonly changed: readonly string[];
      /** Why no application can protect anything with this ring as it is. */
      readonly problem?: string;
      readonly elements?: readonly RingElement[];
      /** A file to be stored, encrypted. */
      readonly archive?: string;
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly error: string };

/** One key, without anything secret. Times are ISO 8601, UTC. */
export interface KeyFacts {
  readonly id: string;
  readonly created: string;
  readonly activates: string;
  readonly expires: string;
  readonly revoked: boolean;
  /** Used for new payloads now. */
  readonly default: boolean;
  readonly algorithm: string;
  /** How its secret lies in the store. */
  readonly protection: string;
}

/** One element of a copy: `key-{guid}` or `revocation-…`, and its document. */
export interface RingElement {
  readonly name: string;
  readonly text: string;
  /** Its secret could not be opened and is as it lies in the store. */
  readonly closed?: true;
}

/** Names that a copy may have; they become names of files. */
export const elementName = /^(?:key|revocation)-[0-9A-Za-z-]{1,64}$/;

/** Largest answer, characters: ten thousand keys have about 10 MiB. */
export const answerLimit = 32 * 1024 * 1024;
