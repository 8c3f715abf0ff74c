import type { CompiledSite, ContentReader, ContentRequest } from './content-reader.ts';
import { answerLimit, parseReaderMessage, type ReaderHost, type ToReader } from './reader-messages.ts';
import { brokenConfiguration } from './scope-failure.ts';

/** A reader process just started, as `linux/` gives it. */
export interface ReaderLink {
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null }) => void): void;
  killTree(): void;
}

export interface ProcessReaderOptions {
  readonly start: () => Promise<ReaderLink>;
  readonly host: ReaderHost;
  /** Stamp of a file, which is only looked at: a site that could not be read is tried again when its files change. */
  readonly stamp: (path: string) => Promise<string | undefined>;
}

/** A folder on a dead network file system may never answer: this long without an answer is the end, milliseconds. */
const silenceLimitMs = 30_000;
/** Readers that may fail in one load; after that the sites that are left fail unread. */
const failureLimit = 8;

/**
 * Loads content in a process of its own, which ends with the request: it can keep nothing, and what one load
 * made of it the next one does not meet. A supervisor that is root loads content this way.
 *
 * A reader answers in order. The site at which one dies, falls silent or talks nonsense fails alone, and another
 * reader goes on behind it: whoever may write one web.config must not keep the other sites from being loaded.
 *
 * @throws Error when no site at all could be read
 */
export function processReader(options: ProcessReaderOptions): ContentReader {
  return {
    async read(request) {
      const { sites } = request;
      const answers = new Map<number, CompiledSite>();
      const failures = new Map<number, string>();
      while (answers.size + failures.size < sites.length) {
        const left = [...sites.keys()].filter((index) => !answers.has(index) && !failures.has(index));
        const link = await options.start();
        try {
          await readSites(link, request, left, options, answers, failures);
        } catch (error) {
          const { message } = error as Error;
          const next = left.find((index) => !answers.has(index) && !failures.has(index)) as number;
          const given = failures.size + 1 < failureLimit ? [next] : left.filter((index) => !answers.has(index));
          for (const index of given) if (!failures.has(index)) failures.set(index, message);
        } finally {
          link.killTree();
        }
      }
      const [failure] = failures.values();
      if (answers.size === 0 && failure !== undefined) throw new Error(failure);
      for (const [index, reason] of failures) {
        answers.set(index, await failedSite(sites[index] as ContentRequest['sites'][number], reason, options));
      }
      return sites.map((_, index) => answers.get(index) as CompiledSite);
    },
  };
}

/** Puts the sites to a reader; throws when it ends before it has answered all. */
async function readSites(
  link: ReaderLink,
  request: ContentRequest,
  indexes: readonly number[],
  { host }: ProcessReaderOptions,
  answers: Map<number, CompiledSite>,
  failures: Map<number, string>,
): Promise<void> {
  const { sites, ...common } = request;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (reason: string): void => reject(new Error(`the content reader ${reason}`));
  let silence = setTimeout(() => {}, 0);
  const listen = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => fail(`did not answer for ${silenceLimitMs / 1000} seconds`), silenceLimitMs);
  };
  const waiting = new Set(indexes);
  link.onMessage((value) => {
    listen();
    const message = parseReaderMessage(value, sites);
    if (message === undefined || !waiting.delete(message.index) || JSON.stringify(value).length > answerLimit) {
      return fail('gave an answer that is none');
    }
    if (message.type === 'compiled') answers.set(message.index, message.site);
    else failures.set(message.index, `the content reader failed: ${message.message.slice(0, 500)}`);
    if (waiting.size === 0) resolve();
  });
  link.onExit(({ code, signal }) => fail(`ended (${signal ?? code}) before it had answered`));
  listen();
  const send = (message: ToReader): void => link.send(message);
  send({ type: 'begin', request: common, host });
  for (const index of indexes) send({ type: 'site', index, site: sites[index] as ContentRequest['sites'][number] });
  try {
    await promise;
  } finally {
    clearTimeout(silence);
  }
}

/** A site of which nothing is known but that it could not be read. */
async function failedSite(
  { id, name, applications }: ContentRequest['sites'][number],
  reason: string,
  { stamp }: ProcessReaderOptions,
): Promise<CompiledSite> {
  const message = `The content of site "${name}" could not be read: ${reason}.`;
  const folders = applications.flatMap(({ path, virtualDirectories }) =>
    virtualDirectories.map(({ physicalPath }) => ({ physicalPath, level: path === '/' ? name : name + path })),
  );
  const [first] = applications;
  return {
    id,
    applications: applications.map((application) => ({
      id: application.id,
      authenticationSchemes: [],
      webSocketsEnabled: true,
      scopes: [{ path: application.path, modules: [], broken: brokenConfiguration([message]) }],
    })),
    settings: [],
    diagnostics: first === undefined ? [] : [{ severity: 'error', ...first.origin, message }],
    ignored: [],
    files: await Promise.all(
      folders.map(async ({ physicalPath, level }) => {
        const path = `${physicalPath}/web.config`;
        return { path, role: 'content' as const, level, stamp: await stamp(path) };
      }),
    ),
  };
}
