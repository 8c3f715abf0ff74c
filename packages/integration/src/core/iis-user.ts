/** The user that the gateway authenticated for this request. */
export interface IisUser {
  readonly name: string;
  /** `Negotiate`, `NTLM`, `Basic` …; empty when the gateway does not say. */
  readonly authenticationType: string;
  readonly groups: readonly string[];
}

/**
 * Decodes the identity headers. Null when no user was sent, and also when one of them cannot be decoded: half
 * an identity is none.
 */
export function parseIisUser(
  name: string | undefined,
  authenticationType: string | undefined,
  groups: string | undefined,
): IisUser | null {
  if (name === undefined || name === '') return null;
  try {
    return {
      name: decodeURIComponent(name),
      authenticationType: decodeURIComponent(authenticationType ?? ''),
      groups: (groups ?? '')
        .split(',')
        .map((group) => decodeURIComponent(group.trim()))
        .filter((group) => group !== ''),
    };
  } catch {
    return null;
  }
}
