import {
  applicationPathVariable,
  createPairingTokenCheck,
  portVariable,
  tokenVariable,
  webSocketsVariable,
} from '@poolhouse/contract';

/** What the host tells an application process through its environment. */
export interface Hosting {
  /** Where the gateway connects to. */
  readonly address: { readonly host: string; readonly port: number } | { readonly path: string };
  /** Virtual path of the application without a trailing slash; empty for the root of a site. */
  readonly pathBase: string;
  /** Whether a value is the pairing token. The token itself is kept nowhere. */
  readonly isPaired: (token: string | undefined) => boolean;
  /** False: the application must not see an upgrade request as one. */
  readonly upgrades: boolean;
}

/**
 * Reads the hosting variables. Undefined, which means that nothing at all changes for the application,
 * unless port, path and token are all set and not empty: the rule of `UseIISIntegration`.
 *
 * Throws when a variable is set to something the host never writes.
 */
export function readHosting(environment: Readonly<Record<string, string | undefined>>): Hosting | undefined {
  const port = environment[portVariable];
  const path = environment[applicationPathVariable];
  const token = environment[tokenVariable];
  if (!port || !path || !token) return undefined;
  return {
    address: parseAddress(port),
    pathBase: parsePathBase(path),
    isPaired: createPairingTokenCheck(token),
    // Only an explicit false counts: .NET's reading of anything else depends on the operating system's version.
    upgrades: environment[webSocketsVariable]?.trim().toLowerCase() !== 'false',
  };
}

/**
 * Arguments for `server.listen`: the host's address in place of the one wanted. A callback stays, and of options
 * those that say nothing about the address.
 */
export function hostedArguments(address: Hosting['address'], wanted: readonly unknown[]): unknown[] {
  const { backlog, signal } = Object(wanted[0]) as { backlog?: unknown; signal?: unknown };
  const options = {
    ...address,
    ...(backlog === undefined ? {} : { backlog }),
    ...(signal === undefined ? {} : { signal }),
  };
  const callback = wanted.findLast((argument) => typeof argument === 'function');
  return callback === undefined ? [options] : [options, callback];
}

function parseAddress(text: string): Hosting['address'] {
  if (text.startsWith('/')) return { path: text };
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw new Error(
      `${portVariable} is ${JSON.stringify(text)}: expected a port from 1 to 65535, or the absolute path of a ` +
        'unix socket. The host sets this variable; unset it to start the application by hand.',
    );
  }
  return { host: '127.0.0.1', port };
}

function parsePathBase(text: string): string {
  if (!text.startsWith('/')) {
    throw new Error(
      `${applicationPathVariable} is ${JSON.stringify(text)}: expected a path that begins with "/". ` +
        'The host sets this variable; unset it to start the application by hand.',
    );
  }
  return text.replace(/\/+$/, '');
}
