import { FileProblem, type FileReader, type FolderEntry } from '../reading/file-reader.ts';

/** Files by absolute path; undefined is no file, an object says why the file cannot be read. */
export type MemoryTree = Record<string, string | { readonly problem: string } | undefined>;

/** Files of a test. `written` counts as a new write of a file whose text stays the same. */
export class MemoryFiles implements FileReader {
  readonly tree: MemoryTree;
  readonly #writes = new Map<string, number>();

  constructor(tree: MemoryTree) {
    this.tree = tree;
  }

  written(path: string, text?: string): void {
    if (text !== undefined) this.tree[path] = text;
    this.#writes.set(path, (this.#writes.get(path) ?? 0) + 1);
  }

  async read(path: string): Promise<{ bytes: Uint8Array; stamp: string } | undefined> {
    const content = this.tree[path];
    if (content === undefined) return undefined;
    if (typeof content !== 'string') throw new FileProblem(content.problem);
    return { bytes: new TextEncoder().encode(content), stamp: this.#stampOf(path, content) };
  }

  async list(folder: string): Promise<readonly FolderEntry[] | undefined> {
    const inside = folder === '/' ? '/' : `${folder}/`;
    const names = new Map<string, boolean>();
    const inFolder = Object.entries(this.tree)
      .filter(([path, content]) => content !== undefined && path.startsWith(inside))
      .map(([path]) => path.slice(inside.length).split('/'));
    for (const [name = '', ...below] of inFolder) names.set(name, below.length > 0 || (names.get(name) ?? false));
    return names.size === 0 ? undefined : [...names].map(([name, isFolder]) => ({ name, isFolder }));
  }

  async stamp(path: string): Promise<string | undefined> {
    const content = this.tree[path];
    return typeof content === 'string' ? this.#stampOf(path, content) : undefined;
  }

  #stampOf(path: string, content: string): string {
    return `${this.#writes.get(path) ?? 0}.${content.length}`;
  }
}
