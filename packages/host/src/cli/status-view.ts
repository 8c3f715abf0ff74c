import { printable } from '../logging/index.ts';
import type { ExitSnapshot, PoolSnapshot, SiteSnapshot, StatusSnapshot } from '../supervisor/management/index.ts';
import { formatBytes, formatDuration } from './format-values.ts';
import type { StyledStream } from './output.ts';
import { formatState } from './state-words.ts';
import { formatTable } from './table.ts';

/** The whole status for people: one line about the host, its sites, its pools, what is wrong. */
export function formatStatus(status: StatusSnapshot, stream: StyledStream, now: number): string {
  const uptime = formatDuration(now - Date.parse(status.startedAt));
  const state = formatState(status.state, status.health, stream);
  return [
    `${stream.paint('bold', 'Poolhouse')} ${status.version}  ${state}  up ${uptime}  pid ${status.pid}  Node.js ${status.node}`,
    `${printable(status.configuration)}  revision ${status.revision}`,
    '',
    formatSites(status.sites, stream),
    '',
    formatPools(status.pools, stream),
    ...problemLines(status, stream),
  ].join('\n');
}

function formatSites(sites: readonly SiteSnapshot[], stream: StyledStream): string {
  if (sites.length === 0) return 'no sites';
  return formatTable<SiteSnapshot>(
    [
      { heading: 'SITE', value: ({ name }) => printable(name) },
      { heading: 'STATE', value: ({ state, health }) => formatState(state, health, stream) },
      {
        heading: 'POOLS',
        value: ({ applications }) => printable([...new Set(applications.map((a) => a.pool))].join(', ')),
      },
      { heading: 'URL', value: ({ urls }) => printable(urls.join(' ')), mayBeCut: true },
    ],
    sites,
    stream.columns,
  );
}

/** The table of pools; also what `pool list` shows. */
export function formatPools(pools: readonly PoolSnapshot[], stream: StyledStream): string {
  if (pools.length === 0) return 'no pools';
  return formatTable<PoolSnapshot>(
    [
      { heading: 'POOL', value: ({ name }) => printable(name) },
      { heading: 'STATE', value: ({ state, health }) => formatState(state, health, stream) },
      { heading: 'WORKERS', align: 'right', value: ({ workers, slots }) => `${running(workers)}/${slots}` },
      { heading: 'ACTIVE', align: 'right', value: ({ workers }) => String(sum(workers.map(({ active }) => active))) },
      { heading: 'SERVED', align: 'right', value: ({ workers }) => String(sum(workers.map(({ served }) => served))) },
      { heading: 'WAITING', align: 'right', value: ({ queue }) => String(queue.waiting) },
      { heading: 'RSS', align: 'right', value: ({ workers }) => formatBytes(memory(workers)) },
      { heading: 'RESTARTS', align: 'right', value: ({ restarts }) => String(restarts) },
      { heading: 'PIDS', value: ({ workers }) => workers.map(({ pid }) => pid).join(' ') || '-' },
      { heading: 'KEYS', value: ({ keyRing }) => keyRing?.store ?? '-' },
      { heading: 'LAST EXIT', value: ({ lastExit }) => formatExit(lastExit), mayBeCut: true },
    ],
    pools,
    stream.columns,
  );
}

function problemLines({ sites, pools, diagnostics }: StatusSnapshot, stream: StyledStream): string[] {
  const lines = [
    ...sites.flatMap(({ name, reason }) => (reason === undefined ? [] : [`site ${name}: ${reason}`])),
    ...pools.flatMap(({ name, reason }) => (reason === undefined ? [] : [`pool ${name}: ${reason}`])),
    ...diagnostics.map(
      ({ file, line, column, severity, message }) => `${file}:${line}:${column}: ${severity}: ${message}`,
    ),
  ];
  return lines.length === 0 ? [] : ['', ...lines.map((line) => stream.paint('yellow', printable(line)))];
}

function formatExit(exit: ExitSnapshot | undefined): string {
  if (exit === undefined) return '-';
  return printable(`${exit.signal ?? (exit.code === null ? 'ended' : `exit ${exit.code}`)}, ${exit.reason}`);
}

function running(workers: PoolSnapshot['workers']): number {
  return workers.filter(({ state }) => state === 'running').length;
}

/** Unknown as soon as one is unknown: a sum with holes would be a wrong number. */
function memory(workers: PoolSnapshot['workers']): number | null {
  return workers.length === 0 || workers.some(({ memoryBytes }) => memoryBytes === null)
    ? null
    : sum(workers.map(({ memoryBytes }) => memoryBytes ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
