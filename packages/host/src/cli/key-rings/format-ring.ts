import { printable } from '../../logging/index.ts';
import type { KeyFacts } from '../../supervisor/key-rings/index.ts';
import type { StyledStream } from '../output.ts';
import { formatTable, type Column } from '../table.ts';

/** One line of a list: a key of a pool, or a pool without keys. */
export interface KeyRow {
  readonly pool: string;
  readonly key: KeyFacts | undefined;
  /** What stands in for keys: `no keys yet`, a problem. */
  readonly note: string;
}

const columns: readonly Column<KeyRow>[] = [
  { heading: 'KEY', value: ({ key, note }) => key?.id ?? printable(note) },
  { heading: 'STATE', value: ({ key }) => (key === undefined ? '-' : keyState(key, Date.now())) },
  { heading: 'CREATED', value: ({ key }) => day(key?.created) },
  { heading: 'ACTIVATES', value: ({ key }) => day(key?.activates) },
  { heading: 'EXPIRES', value: ({ key }) => day(key?.expires) },
  { heading: 'ALGORITHM', value: ({ key }) => printable(key?.algorithm || '-') },
  { heading: 'AT REST', value: ({ key }) => printable(key?.protection || '-'), mayBeCut: true },
];

export function formatKeys(rows: readonly KeyRow[], stream: StyledStream, withPool: boolean): string {
  const pool: Column<KeyRow> = { heading: 'POOL', value: (row) => printable(row.pool) };
  return formatTable(withPool ? [pool, ...columns] : columns, rows, stream.columns);
}

/** What a key is now: `default` is used for what is protected now. */
export function keyState({ revoked, expires, activates, ...key }: KeyFacts, now: number): string {
  if (revoked) return 'revoked';
  if (key.default) return 'default';
  if (Date.parse(expires) <= now) return 'expired';
  return Date.parse(activates) > now ? 'coming' : 'valid';
}

function day(time: string | undefined): string {
  return time === undefined ? '-' : `${time.slice(0, 16).replace('T', ' ')}Z`;
}
