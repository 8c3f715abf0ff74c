import { randomUUID } from 'node:crypto';

/** Characters; a file system takes 255 bytes, and the ending comes on top. */
const longest = 200;

/** What an element may be called where names matter: a name that will not do is replaced, as ASP.NET Core does it. */
export function safeFriendlyName(friendlyName: string): string {
  return friendlyName.length <= longest && /^[A-Za-z0-9_-]+$/.test(friendlyName) ? friendlyName : randomUUID();
}
