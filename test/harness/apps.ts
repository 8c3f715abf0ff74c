import { fileURLToPath } from 'node:url';

import type { ApplicationShorthand, AspNetCoreShorthand } from './configuration.ts';

const folder = fileURLToPath(new URL('../fixtures/apps/', import.meta.url));

/** Absolute path of a fixture: `common/echo.mjs`. */
export function fixture(path: string): string {
  return folder + path;
}

export type HostingModel = 'inprocess' | 'outofprocess';

/** An application that is one of the fixture programs, with arguments after its path. */
export function fixtureApp(
  path: string,
  { arguments: rest = '', ...section }: AspNetCoreShorthand = {},
  application: Omit<ApplicationShorthand, 'aspNetCore'> = {},
): ApplicationShorthand {
  const words = rest === '' ? fixture(path) : `${fixture(path)} ${rest}`;
  return { ...application, aspNetCore: { hostingModel: 'outofprocess', ...section, arguments: words } };
}
