import type { Response } from './client/response.ts';

/** What `common/echo.mjs` answers. */
export interface Echo {
  readonly pid: number;
  readonly method: string;
  readonly url: string;
  readonly version: string;
  readonly rawHeaders: readonly string[];
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly encrypted: boolean;
  readonly bodyBytes: number;
  readonly bodySha256: string;
  readonly workingDirectory: string;
  readonly arguments: readonly string[];
  /** Only for a path that ends in `/environment`. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The echo in a response, which must be a 200. */
export function echoOf(response: Response): Echo {
  if (response.status !== 200) {
    throw new Error(`expected the echo, got ${response.status} ${response.text().slice(0, 500)}`);
  }
  return response.json<Echo>();
}

/** Every value of a field that reached the application, by name, ignoring case. */
export function receivedFields(echo: Echo, name: string): string[] {
  return echo.rawHeaders.filter(
    (_, index) => index % 2 === 1 && echo.rawHeaders[index - 1]?.toLowerCase() === name.toLowerCase(),
  );
}

/** Names of all fields that reached the application, in lower case and in order. */
export function receivedNames(echo: Echo): string[] {
  return echo.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
}
