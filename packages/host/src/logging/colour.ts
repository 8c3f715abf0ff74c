/** When output has colour: the flag, then `NO_COLOR` (any non-empty value), then `FORCE_COLOR`, then the terminal. */
export function wantsColour(options: {
  readonly flag?: 'auto' | 'always' | 'never' | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
}): boolean {
  const { flag = 'auto', environment, isTerminal } = options;
  if (flag !== 'auto') return flag === 'always';
  if (environment['NO_COLOR']) return false;
  const forced = environment['FORCE_COLOR'];
  if (forced) return forced !== '0' && forced !== 'false';
  return isTerminal && environment['TERM'] !== 'dumb';
}
