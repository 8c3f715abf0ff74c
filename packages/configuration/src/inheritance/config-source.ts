import { attributeOf, childElements, type XmlAttribute, type XmlDocument, type XmlElement } from '../xml/document.ts';

/** A file named by `configSource`, or why it cannot be used. */
export type IncludedFile = { readonly document: XmlDocument } | { readonly problem: string };

type Inclusion =
  | { readonly element: XmlElement; readonly file: string }
  | { readonly attribute: XmlAttribute; readonly problem: string };

/** What stands in place of a section element with `configSource`; undefined when it has none. */
export function includeSource(
  element: XmlElement,
  path: string,
  includes: ReadonlyMap<string, IncludedFile> | undefined,
): Inclusion | undefined {
  const attribute = attributeOf(element, 'configSource');
  if (attribute === undefined) return undefined;
  if (element.attributes.length > 1 || childElements(element).length > 0) {
    return { attribute, problem: 'stands alone: other attributes and content of the section belong into that file' };
  }
  const included = includes?.get(attribute.value);
  if (included === undefined) return { attribute, problem: 'is not supported here' };
  if ('problem' in included) return { attribute, problem: included.problem };
  const { root, file } = { ...included.document };
  const section = sectionIn(root, path);
  if (section === undefined) {
    return { attribute, problem: `names a file with neither <${element.name}> nor ${path} in <configuration>` };
  }
  if (attributeOf(section, 'configSource') !== undefined) {
    return { attribute, problem: 'names a file that includes another one' };
  }
  return { element: section, file };
}

/** Texts of all `configSource` attributes of a file, each once. */
export function sourcesOf(document: XmlDocument): readonly string[] {
  const sources = new Set<string>();
  const visit = (element: XmlElement): void => {
    const source = attributeOf(element, 'configSource')?.value;
    if (source !== undefined) sources.add(source);
    childElements(element).forEach(visit);
  };
  visit(document.root);
  return [...sources];
}

/** Why a text cannot be a `configSource`: it names a file in the folder of its file, or below. */
export function sourceProblem(source: string): string | undefined {
  const segments = source.split(/[\\/]/);
  if (source === '' || source.includes('\0')) return 'is not the name of a file';
  if (segments[0] === '' || /^[a-z]:/i.test(source)) return 'is absolute: it names a file relative to this one';
  if (segments.includes('..')) return 'leaves the folder: it names a file in the folder of this one, or below';
  return undefined;
}

/** The section in an included file: its root, or at its path inside a whole `configuration`. */
function sectionIn(root: XmlElement, path: string): XmlElement | undefined {
  const names = path.split('/');
  if (root.name === names.at(-1)) return root;
  if (root.name !== 'configuration') return undefined;
  return names.reduce<XmlElement | undefined>(
    (element, name) => element && childElements(element).find((child) => child.name === name),
    root,
  );
}
