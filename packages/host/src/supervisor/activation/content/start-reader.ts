import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, type Credentials } from '../../../linux/index.ts';
import type { ReaderLink } from './process-reader.ts';

/** Starts a reader process with a control channel and nothing else: no environment, no output, no descriptor. */
export async function startReader(credentials: Credentials | undefined): Promise<ReaderLink> {
  const own = import.meta.url;
  return launch({
    program: process.execPath,
    arguments: [fileURLToPath(new URL(`../reader-main${extname(own)}`, own))],
    workingDirectory: '/',
    environment: {},
    output: undefined,
    channel: true,
    sockets: [],
    credentials,
  });
}
