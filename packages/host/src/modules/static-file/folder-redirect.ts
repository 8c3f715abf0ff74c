import type { Route } from '../../gateway/pipeline/exchange.ts';

/**
 * Where a folder that was asked for without its slash is: a reference that begins with exactly one slash, so
 * that no `//host` in the request can lead elsewhere.
 */
export function folderLocation(route: Route): string {
  const path = route.forwardPath.replace(/^\/+/, '/').replace(/[^\w\-.~!$&'()*+,;=:@/%]/g, percentEncode);
  return `${path}/${route.query.replace(/[^\w\-.~!$&'()*+,;=:@/%?]/g, percentEncode)}`;
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
