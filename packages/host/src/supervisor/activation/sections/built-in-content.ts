import {
  childElements,
  type BuiltInContent,
  type SectionSchema,
  type XmlDocument,
  type XmlElement,
} from '@poolhouse/configuration';

/** Stands for the file of values that no file writes. */
const file = '(built into Poolhouse)';

/**
 * What modules have in the server's file of a fresh installation, as content that comes with the program: a list
 * that applicationHost.config writes replaces it, and messages never blame a file for it.
 */
export function builtInContent(
  schemas: readonly SectionSchema[],
  withServerDefaults: (document: XmlDocument) => XmlDocument,
): ReadonlyMap<string, BuiltInContent> {
  const empty: XmlElement = {
    kind: 'element',
    name: 'configuration',
    line: 1,
    column: 1,
    attributes: [],
    children: [],
  };
  const { root } = withServerDefaults({ file, root: empty });
  const content = new Map<string, BuiltInContent>();
  for (const { path } of schemas) {
    const element = path
      .split('/')
      .reduce<XmlElement | undefined>(
        (group, name) => group && childElements(group).find((child) => child.name === name),
        root,
      );
    if (element !== undefined) content.set(path, { element, file });
  }
  return content;
}
