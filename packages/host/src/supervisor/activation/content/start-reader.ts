import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, type Credentials } from '../../../linux/index.ts';
import type { ReaderLink } from './process-reader.ts';

/** Most memory for what files are turned into, MiB; beyond it the reader ends, and the site it was reading fails. */
const heapLimitMiB = 512;

/** Starts a reader process with a control channel and nothing else: no environment, no output, no descriptor. */
export async function startReader(credentials: Credentials | undefined): Promise<ReaderLink> {
  const own = import.meta.url;
  return launch({
    program: process.execPath,
    arguments: [`--max-old-space-size=${heapLimitMiB}`, fileURLToPath(new URL(`../reader-main${extname(own)}`, own))],
    workingDirectory: '/',
    environment: {},
    output: undefined,
    channel: true,
    sockets: [],
    credentials,
  });
}
