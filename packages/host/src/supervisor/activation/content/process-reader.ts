import type { CompiledSite, ContentReader, ContentRequest } from './content-reader.ts';
import { answerLimit, parseReaderMessage, type ReaderHost, type ToReader } from './reader-messages.ts';

/** A reader process just started, as `linux/` gives it. */
export interface ReaderLink {
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null }) => void): void;
  killTree(): void;
}

/** A folder on a dead network file system may never answer: this long without an answer is the end, milliseconds. */
const silenceLimitMs = 60_000;

/**
 * Loads content in a process of its own, which ends with the request: it can keep nothing, and what one load
 * made of it the next one does not meet. A supervisor that is root loads content this way.
 */
export function processReader(start: () => Promise<ReaderLink>, host: ReaderHost): ContentReader {
  return {
    async read(request) {
      if (request.sites.length === 0) return [];
      const link = await start();
      try {
        return await answersOf(link, request, host);
      } finally {
        link.killTree();
      }
    },
  };
}

async function answersOf(
  link: ReaderLink,
  request: ContentRequest,
  host: ReaderHost,
): Promise<readonly CompiledSite[]> {
  const { sites, ...common } = request;
  const answers = new Map<number, CompiledSite>();
  const { promise, resolve, reject } = Promise.withResolvers<readonly CompiledSite[]>();
  const fail = (reason: string): void => reject(new Error(`the content reader ${reason}`));
  let silence = setTimeout(() => {}, 0);
  const listen = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => fail(`did not answer for ${silenceLimitMs / 1000} seconds`), silenceLimitMs);
  };
  link.onMessage((value) => {
    listen();
    const message = parseReaderMessage(value, sites);
    if (message === undefined || JSON.stringify(value).length > answerLimit) fail('gave an answer that is none');
    else if (message.type === 'failed') fail(`failed: ${message.message.slice(0, 500)}`);
    else answers.set(message.index, message.site);
    if (answers.size === sites.length) resolve(sites.map((_, index) => answers.get(index) as CompiledSite));
  });
  link.onExit(({ code, signal }) => fail(`ended (${signal ?? code}) before it had answered`));
  listen();
  const send = (message: ToReader): void => link.send(message);
  send({ type: 'begin', request: common, host });
  for (const [index, site] of sites.entries()) send({ type: 'site', index, site });
  try {
    return await promise;
  } finally {
    clearTimeout(silence);
  }
}
