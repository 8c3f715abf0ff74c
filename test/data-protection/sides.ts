import type { DataProtectionOptions } from '@poolhouse/data-protection';
import { onTestFinished } from 'vitest';

import type { Application, ApplicationOptions } from './application.ts';
import { sharedAspNetCore } from './aspnetcore.ts';
import { openNode, type NodeApplication } from './nodejs.ts';

export type Side = 'ASP.NET Core' | 'Node.js';

export const bothSides = ['ASP.NET Core', 'Node.js'] as const satisfies readonly Side[];

/** Who writes and who reads. */
export const bothWays = [
  ['ASP.NET Core', 'Node.js'],
  ['Node.js', 'ASP.NET Core'],
] as const satisfies readonly (readonly [Side, Side])[];

/** Starts applications of either kind, so that one test serves both directions. */
export type Start = (side: Side, options: ApplicationOptions) => Promise<Application>;

export function sharedSides(): { start: Start; readonly aspNetCore: ReturnType<typeof sharedAspNetCore> } {
  const aspNetCore = sharedAspNetCore();
  return {
    aspNetCore,
    start: (side, options) => (side === 'Node.js' ? startNode(options) : aspNetCore.start(options)),
  };
}

/** An application of this process for one test. As that of ASP.NET Core, it starts with keys if it can. */
export async function startNode(options: ApplicationOptions, more?: DataProtectionOptions): Promise<NodeApplication> {
  const application = await openNode(options, more);
  if (options.autoGenerateKeys ?? true) await application.provider.load();
  onTestFinished(() => application[Symbol.dispose]());
  return application;
}
