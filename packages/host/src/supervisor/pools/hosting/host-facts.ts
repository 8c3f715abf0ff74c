import type { ControlGroups, Credentials } from '../../../linux/index.ts';
import type { ProfileFacts } from './environment.ts';

/** What the machine and the installation give to every process of every pool. */
export interface HostFacts {
  /** `PATH`, `LANG`, `TZ` and what an administrator sets for all (`DOTNET_ROOT`). */
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly runFolder: string;
  readonly logFolder: string;
  readonly configurationFile: string;
  /** Owner of worker sockets: the supervisor's user and the gateway's group; undefined without root. */
  readonly socketOwner: { readonly uid: number; readonly gid: number } | undefined;
  /** Gives each process a control group; undefined where no part of the hierarchy is ours. */
  readonly controlGroups?: Pick<ControlGroups, 'create'> | undefined;
  /** The Node.js that runs Poolhouse. */
  readonly ownNode: string;
  /** Milliseconds on a clock that never jumps; about those since 1970. */
  readonly now: () => number;
  /** Milliseconds since 1970, as the machine has it now. */
  readonly wallClock: () => number;
  readonly random: () => number;
}

/** Whom a pool runs as; resolved when the pool is configured. */
export interface PoolIdentity {
  /** Undefined = the supervisor's own user. */
  readonly credentials: Credentials | undefined;
  readonly profile: ProfileFacts;
  /** Group of this pool alone, which may read its copy of a shared ring. */
  readonly keyReaders?: number;
  /** The copy of a ring that Poolhouse keeps; undefined where applications keep theirs. */
  readonly keyRing?: PoolKeyRing;
}

export interface PoolKeyRing {
  /** Applications read it and never write there. */
  readonly folder: string;
  /** Resolves, in bounded time, when keys are there or cannot be had; a process that started earlier would lack them. */
  readonly ready: () => Promise<void>;
}
