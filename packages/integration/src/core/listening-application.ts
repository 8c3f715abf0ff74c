import type { Server } from 'node:http';
import { hostedArguments, readHosting } from './hosting.ts';
import { integrate, type IntegrationOptions } from './integrate.ts';

/** What Express, Koa and their relatives have in common: `listen` makes the server and starts it. */
export interface ListeningApplication {
  listen(...where: never[]): Server;
}

/**
 * Replaces `listen` so that it uses the host's address and integrates the server that it made. That is early
 * enough: no event of the server comes before the current turn of the loop ends.
 */
export function integrateListen(application: ListeningApplication, options: IntegrationOptions): void {
  const hosting = readHosting(process.env);
  if (hosting === undefined) return;
  const listen = application.listen as (...where: unknown[]) => Server;
  application.listen = (...wanted: unknown[]) =>
    integrate(listen.call(application, ...hostedArguments(hosting.address, wanted)), options);
}
