import type { HandlerId } from './settings.ts';

/** How a program is hosted, by the module that a handler names. */
export type HostingModule = 'AspNetCoreModuleV2' | 'AspNetCoreModule' | 'httpPlatformHandler' | 'iisnode';

/** What a name in `modules` means here; undefined for a module that does not exist here. */
export type KnownModule =
  | { readonly handler: Exclude<HandlerId, 'asp-net-core'> }
  | { readonly handler: 'asp-net-core'; readonly hosting: HostingModule }
  /** A feature that is never there, as on a server where it is not installed: its entries are passed over. */
  | { readonly handler: 'absent' };

/** Names ignore case: people write `aspnetcoreModuleV2`. */
export function knownModule(name: string): KnownModule | undefined {
  return modules.get(name.toLowerCase());
}

const modules: ReadonlyMap<string, KnownModule> = new Map<string, KnownModule>([
  ['aspnetcoremodulev2', { handler: 'asp-net-core', hosting: 'AspNetCoreModuleV2' }],
  ['aspnetcoremodule', { handler: 'asp-net-core', hosting: 'AspNetCoreModule' }],
  ['httpplatformhandler', { handler: 'asp-net-core', hosting: 'httpPlatformHandler' }],
  ['iisnode', { handler: 'asp-net-core', hosting: 'iisnode' }],
  ['staticfilemodule', { handler: 'static-file' }],
  ['defaultdocumentmodule', { handler: 'default-document' }],
  ['directorylistingmodule', { handler: 'directory-browse' }],
  ['protocolsupportmodule', { handler: 'protocol-support' }],
  ['webdavmodule', { handler: 'absent' }],
]);
