import { createModuleCompilers } from '../../../modules/registry.supervisor.ts';
import type { FileReader } from '../reading/file-reader.ts';
import { sectionRegistry } from '../sections/section-registry.ts';
import { contentCompiler } from './compile-content.ts';
import type { CompiledSite, ContentRequest } from './content-reader.ts';
import type { FromReader, ToReader } from './reader-messages.ts';

/** The inside of a reader process: answers one site after the other, in the order in which they come. */
export function serveReader(files: FileReader, send: (message: FromReader) => void): (message: ToReader) => void {
  let compile: ((site: ContentRequest['sites'][number]) => Promise<CompiledSite>) | undefined;
  let work: Promise<void> = Promise.resolve();
  return (message) => {
    if (message.type === 'begin') {
      const compilers = createModuleCompilers(message.host);
      compile = contentCompiler(message.request, sectionRegistry(compilers), compilers, files);
      return;
    }
    work = work.then(async () => {
      try {
        if (compile === undefined) throw new Error('a site came before the request');
        send({ type: 'compiled', index: message.index, site: await compile(message.site) });
      } catch (error) {
        send({
          type: 'failed',
          index: message.index,
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    });
  };
}
