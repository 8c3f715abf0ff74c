import { FileProblem, type FileReader } from '../reading/file-reader.ts';

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

  async list(folder: string): Promise<readonly string[] | undefined> {
    const inside = folder === '/' ? '/' : `${folder}/`;
    const names = Object.entries(this.tree)
      .filter(([path, content]) => content !== undefined && path.startsWith(inside))
      .map(([path]) => path.slice(inside.length).split('/')[0] as string);
    return names.length === 0 ? undefined : [...new Set(names)];
  }

  async stamp(path: string): Promise<string | undefined> {
    const content = this.tree[path];
    return typeof content === 'string' ? this.#stampOf(path, content) : undefined;
  }

  #stampOf(path: string, content: string): string {
    return `${this.#writes.get(path) ?? 0}.${content.length}`;
  }
}
