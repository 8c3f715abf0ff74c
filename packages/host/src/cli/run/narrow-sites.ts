import type { BindingSettings } from '../../supervisor/activation/revision.ts';
import type { SiteDeclaration } from '../../supervisor/activation/sites/site-declaration.ts';
import { commandError } from '../command-error.ts';
import { nearest } from '../nearest.ts';
import { isLoopback } from './loopback.ts';

export interface Narrowing {
  /** Serve only the site of this name; undefined = all. */
  readonly site: string | undefined;
  /** Port instead of those in the file; needs that one site is served. */
  readonly port: number | undefined;
  /** Addresses that bindings are narrowed to; undefined = as in the file (`--lan`). */
  readonly addresses: readonly string[] | undefined;
}

/**
 * What `poolhouse run --config` serves of a file that was written for a server: on this machine only, unless
 * told otherwise. A binding to an address of the network becomes one to each loopback address; names stay.
 *
 * @throws CommandError `site-not-found` or `wrong-arguments`
 */
export function narrowSites(sites: readonly SiteDeclaration[], narrowing: Narrowing): readonly SiteDeclaration[] {
  const chosen = narrowing.site === undefined ? sites : [siteOf(sites, narrowing.site)];
  if (narrowing.port !== undefined && chosen.length !== 1) {
    throw commandError('wrong-arguments', `--port needs one site, and the file has ${chosen.length}`, [
      ['try', `--site with one of: ${namesOf(sites)}`],
    ]);
  }
  return chosen.map((site) => ({
    ...site,
    serverAutoStart: true,
    bindings: distinct(site.bindings.flatMap((binding) => narrowBinding(binding, narrowing))),
  }));
}

function siteOf(sites: readonly SiteDeclaration[], name: string): SiteDeclaration {
  const found = sites.find((site) => site.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const meant = nearest(
    name,
    sites.map((site) => site.name),
  );
  throw commandError('site-not-found', `the file has no site ${JSON.stringify(name)}`, [
    ...(meant.length > 0 ? [['did you mean', meant.join(' or ')] as const] : []),
    ['known', namesOf(sites)],
  ]);
}

function narrowBinding(binding: BindingSettings, { port, addresses }: Narrowing): readonly BindingSettings[] {
  const moved = port === undefined ? binding : { ...binding, port };
  if (addresses === undefined || isLoopback(binding.address)) return [moved];
  return addresses.map((address) => ({ ...moved, address }));
}

function distinct(bindings: readonly BindingSettings[]): readonly BindingSettings[] {
  return [
    ...new Map(bindings.map((each) => [`${each.protocol} ${each.address} ${each.port} ${each.host}`, each])).values(),
  ];
}

function namesOf(sites: readonly SiteDeclaration[]): string {
  return sites.map((site) => site.name).join(', ');
}
