/**
 * The text that separates the applications of one key ring: the first purpose of all their payloads. Two applications
 * that are to read each other's payloads give the same name.
 *
 * @param applicationName used as it is; the empty string means none
 * @param contentRoot stands in when there is no name, in the form that ASP.NET Core gives its content root
 * @returns empty = none
 */
export function discriminatorOf(applicationName: string | undefined, contentRoot = ''): string {
  if (applicationName !== undefined) return applicationName;
  // What .NET's Trim removes; JavaScript's knows U+FEFF besides and U+0085 not.
  return contentRoot.replace(/[/\\]+$/, '').replace(/^[\t-\r\u0085\p{Z}]+|[\t-\r\u0085\p{Z}]+$/gu, '');
}
