import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SectionSchema } from '../schema/section-schema.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { applyLayer } from './apply-layer.ts';
import type { MergedElement } from './merged-element.ts';

type Directive = readonly [kind: 'add' | 'remove' | 'clear', key: string];

const directive: fc.Arbitrary<Directive> = fc.tuple(
  fc.constantFrom('add', 'add', 'add', 'remove', 'clear'),
  fc.constantFrom('a', 'A', 'b', 'c', 'd'),
);

/** The rules of collections in their plainest form: lists of lists, nothing remembered. */
function model(
  layers: readonly (readonly Directive[])[],
  order: 'append' | 'prepend',
): { keys: string[]; refused: number } {
  let inherited: string[] = [];
  let refused = 0;
  for (const layer of layers) {
    let own: string[] = [];
    for (const [kind, key] of layer) {
      const same = (other: string): boolean => other.toUpperCase() === key.toUpperCase();
      if (kind === 'clear') [inherited, own] = [[], []];
      else if (kind === 'remove') {
        inherited = inherited.filter((other) => !same(other));
        own = own.filter((other) => !same(other));
      } else if ([...inherited, ...own].some(same)) refused += 1;
      else own.push(key);
    }
    inherited = order === 'append' ? [...inherited, ...own] : [...own, ...inherited];
  }
  return { keys: inherited, refused };
}

it.each(['append', 'prepend'] as const)('merges any layers of an %s collection as the rules say', (order) => {
  const schema: SectionSchema = {
    path: 's',
    overrideModeDefault: 'Allow',
    collection: { order, keys: ['k'], entry: { attributes: { k: { type: 'string', required: true } } } },
  };
  fc.assert(
    fc.property(fc.array(fc.array(directive, { maxLength: 8 }), { maxLength: 5 }), (layers) => {
      const diagnostics: Diagnostic[] = [];
      let merged: MergedElement | undefined;
      for (const [depth, layer] of layers.entries()) {
        const content = layer.map(([kind, key]) => (kind === 'clear' ? '<clear/>' : `<${kind} k="${key}"/>`)).join('');
        const { root } = parseXml(new TextEncoder().encode(`<s>${content}</s>`), String(depth));
        const before = JSON.stringify(merged?.entries);
        const next = applyLayer(
          schema,
          merged,
          root,
          { file: String(depth), level: '', depth, section: 's' },
          diagnostics,
        );
        expect(JSON.stringify(merged?.entries)).toBe(before);
        merged = next;
      }
      const expected = model(layers, order);
      expect(merged?.entries.map(({ element }) => element.attributes.get('k')?.value) ?? []).toEqual(expected.keys);
      expect(diagnostics.map(({ code }) => code)).toEqual(Array.from({ length: expected.refused }, () => 'duplicate'));
    }),
  );
});
