import { pathToFileURL } from 'node:url';

/**
 * What a module exports as its application: the default export, else `module.exports`, else the namespace (for
 * `export function fetch`). Joins the evaluation of a module that is being loaded.
 *
 * @param path absolute, as the command line of Node.js may name an entry: its folder and a missing extension count
 */
export async function loadExport(path: string): Promise<unknown> {
  const { href } = pathToFileURL(require.resolve(path));
  const namespace = (await import(href)) as { readonly default?: unknown };
  const exported = namespace.default ?? namespace;
  // A compiled module: `exports.default = app`, with `exports` as the default export.
  const { default: inner } = exported as { readonly default?: unknown };
  return inner ?? exported;
}
