/**
 * The text that separates the applications of one key ring: the first purpose of all their payloads. Two applications
 * that are to read each other's payloads give the same name.
 *
 * Without a name it is the content root with exactly the slash that .NET 7 and later put behind it on Linux, whatever
 * way the path was given. What an application of .NET 5 or earlier wrote, or one of .NET 6 that is not built by
 * `WebApplication`, is read by its path without the slash as `applicationName`.
 * https://github.com/dotnet/aspnetcore/pull/41849
 *
 * @param applicationName used as it is; the empty string means none
 * @param contentRoot stands in when there is no name
 * @returns empty = none
 */
export function discriminatorOf(applicationName: string | undefined, contentRoot = ''): string {
  if (applicationName !== undefined) return applicationName;
  // What .NET's Trim removes; JavaScript's knows U+FEFF besides and U+0085 not.
  const path = contentRoot.replace(/^[\t-\r\u0085\p{Z}]+|[\t-\r\u0085\p{Z}]+$/gu, '');
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}
