import type { ClientCacheSettings } from './settings.ts';

type Field = readonly [name: string, value: string];

/** Fields by which `<clientCache>` tells browsers how long they may keep a file. */
export function clientCacheFields(settings: ClientCacheSettings): readonly Field[] {
  const directives = [directiveOf(settings), settings.custom].filter((directive) => directive !== '');
  const fields: Field[] = [];
  if (directives.length > 0) fields.push(['Cache-Control', directives.join(',')]);
  if (settings.mode === 'UseExpires' && settings.expires !== '') fields.push(['Expires', settings.expires]);
  return fields;
}

function directiveOf({ mode, maxAgeSeconds }: ClientCacheSettings): string {
  if (mode === 'DisableCache') return 'no-cache';
  return mode === 'UseMaxAge' ? `max-age=${maxAgeSeconds}` : '';
}
