import { format } from 'node:util';

/** Where the library tells what happened. Never given payloads, plaintext or master keys. */
export interface Logger {
  error(message: string, error?: unknown): void;
  warn(message: string, error?: unknown): void;
  info(message: string): void;
  debug(message: string): void;
}

/** Warnings and errors on standard error; the rest is of interest to those only who give a logger. */
export const consoleLogger: Logger = {
  error: writeError,
  warn: writeError,
  info: () => undefined,
  debug: () => undefined,
};

export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

function writeError(...what: readonly unknown[]): void {
  process.stderr.write(`data protection: ${format(...what)}\n`);
}
