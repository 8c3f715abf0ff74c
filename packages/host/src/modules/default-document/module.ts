import type { ModuleServices, Outcome } from '../../gateway/pipeline/module.ts';
import { contentOf } from '../content/content.ts';
import { unservedSubStatus } from '../content/served-names.ts';
import type { DirectoryResource } from '../content/resource.ts';
import type { Place } from '../content/place.ts';
import type { Handler, HandlerRequest } from '../handlers/handler.ts';
import type { DefaultDocumentSettings } from './settings.ts';

/**
 * Answers for a folder with the first of its default documents that exists (DefaultDocumentModule). The
 * document goes through the handler mapping again, so that it may be a script as well as a file.
 */
export function createDefaultDocument(settings: DefaultDocumentSettings, services: ModuleServices): Handler {
  const content = contentOf(services);
  const documents = settings.files
    .map((file) => file.split('/').filter((name) => name !== ''))
    .filter((names) => names.length > 0 && unservedSubStatus(names) === undefined);

  // Lasts as long as the look at the folder itself: a new look makes a new key.
  const chosen = new WeakMap<DirectoryResource, readonly string[]>();

  return {
    execute({ path, place, resource, child }: HandlerRequest): Outcome | Promise<Outcome> {
      if (resource.kind !== 'directory' || !place.isFolder || child === undefined) return 'next';
      const known = chosen.get(resource);
      if (known !== undefined) return answer(known, path, child);
      return choose(place).then((document) => {
        chosen.set(resource, document);
        return answer(document, path, child);
      });
    },
  };

  function answer(document: readonly string[], path: string, child: NonNullable<HandlerRequest['child']>) {
    return document.length === 0 ? 'next' : child(path + document.join('/'));
  }

  /** The first document that exists, as it is spelled in the folder; empty when there is none. */
  async function choose(place: Place): Promise<readonly string[]> {
    for (const document of documents) {
      const names = [...place.names, ...document];
      const pathCase = settings.pathCase === 'fallback' ? 'silent-fallback' : 'sensitive';
      const found = await content.locate({ ...place, names, isFolder: false }, pathCase);
      if (found.kind === 'file') return spelledAs(document, found.path);
    }
    return [];
  }
}

/** The end of the path where it differs from the name by case only; a link may lead to quite another name. */
function spelledAs(document: readonly string[], path: string): readonly string[] {
  const end = path.split('/').slice(-document.length);
  return end.join('/').toLowerCase() === document.join('/').toLowerCase() ? end : document;
}
