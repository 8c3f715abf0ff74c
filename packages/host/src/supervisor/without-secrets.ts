/** Puts dots in the place of secrets in a text that a program wrote. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) if (shown.includes(secret)) shown = shown.replaceAll(secret, '••••');
  return shown;
}
