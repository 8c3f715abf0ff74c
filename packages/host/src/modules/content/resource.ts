/** What stands at a place in the file system, as the gateway may see it. */
export type Resource = FileResource | DirectoryResource | MissingResource | DeniedResource;

export interface FileResource {
  readonly kind: 'file';
  /** Absolute, links resolved: the very file that was looked at. */
  readonly path: string;
  readonly size: number;
  /** Time of the last change in nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  /** Device and inode: proof that a file opened later is the same. */
  readonly identity: string;
  /** The bytes of a small file. */
  readonly content: Uint8Array | undefined;
}

export interface DirectoryResource {
  readonly kind: 'directory';
  readonly path: string;
}

/** Nothing there, or nothing that is served: a socket, a device, a link that leads out. */
export interface MissingResource {
  readonly kind: 'missing';
}

/** The user of the gateway lacks a right. */
export interface DeniedResource {
  readonly kind: 'denied';
}

export const missing: MissingResource = Object.freeze({ kind: 'missing' });
export const denied: DeniedResource = Object.freeze({ kind: 'denied' });
