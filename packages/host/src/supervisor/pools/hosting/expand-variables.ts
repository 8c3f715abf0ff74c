/**
 * Replaces `%NAME%` by the value of a variable, ignoring the case of the name. Unknown names stay as
 * written, a single `%` is literal, and what comes out is not expanded again.
 */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  if (!text.includes('%')) return text;
  const byUpperName = new Map(Object.entries(variables).map(([name, value]) => [name.toUpperCase(), value]));
  return text.replaceAll(/%([^%\s=]+)%/g, (written, name: string) => byUpperName.get(name.toUpperCase()) ?? written);
}
