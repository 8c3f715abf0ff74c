import type { XmlDocument, XmlElement, XmlPosition } from '@poolhouse/configuration';
import { defaultSections } from './default-sections.ts';
import type { DefaultElement, DefaultSection } from './default-sections.ts';

/**
 * Completes applicationHost.config with what every installation of IIS writes into it: the mapping to static
 * files, types, default documents, hidden segments. A file written by hand then works like one from a server.
 *
 * What the file says itself stands. For each section the children that it has none of are added, so that a file
 * with handlers of its own keeps exactly these, and one that only raises `requestLimits` keeps the hidden segments.
 */
export function withServerDefaults(document: XmlDocument): XmlDocument {
  return { ...document, root: defaultSections.reduce(complete, document.root) };
}

function complete(root: XmlElement, section: DefaultSection): XmlElement {
  return completeExisting(root, section.path, section) ?? insert(root, section.path, section, root);
}

/** The section where it stands: at the end of its groups, or inside a location for the whole server. */
function completeExisting(
  container: XmlElement,
  path: readonly string[],
  section: DefaultSection,
): XmlElement | undefined {
  const [name, ...below] = path;
  for (const [index, child] of container.children.entries()) {
    if (child.kind !== 'element') continue;
    let completed: XmlElement | undefined;
    if (child.name === name) {
      completed = below.length === 0 ? addMissing(child, section) : completeExisting(child, below, section);
    } else if (path === section.path && isForServer(child)) {
      completed = completeExisting(child, path, section);
    }
    if (completed !== undefined) return { ...container, children: container.children.with(index, completed) };
  }
  return undefined;
}

function isForServer(element: XmlElement): boolean {
  const path = element.attributes.find((attribute) => attribute.name === 'path')?.value ?? '';
  return element.name === 'location' && (path === '' || path === '.');
}

function addMissing(element: XmlElement, { children }: DefaultSection): XmlElement {
  if (element.attributes.some((attribute) => attribute.name === 'configSource')) return element;
  const present = new Set(element.children.map((child) => (child.kind === 'element' ? child.name : '')));
  const missing = children.filter((child) => !present.has(child.name) && !present.has('clear'));
  return { ...element, children: [...element.children, ...missing.map((child) => build(child, element))] };
}

function insert(
  container: XmlElement,
  [name = '', ...below]: readonly string[],
  section: DefaultSection,
  place: XmlPosition,
): XmlElement {
  const index = container.children.findIndex((child) => child.kind === 'element' && child.name === name);
  const group = container.children[index];
  if (below.length === 0) {
    return { ...container, children: [...container.children, build({ name, children: section.children }, place)] };
  }
  if (group?.kind === 'element') {
    return { ...container, children: container.children.with(index, insert(group, below, section, place)) };
  }
  return { ...container, children: [...container.children, insert(build({ name }, place), below, section, place)] };
}

/** Added elements stand, for messages, where the element stands that they complete. */
function build({ name, attributes = {}, children = [] }: DefaultElement, { line, column }: XmlPosition): XmlElement {
  return {
    kind: 'element',
    name,
    line,
    column,
    attributes: Object.entries(attributes).map(([attribute, value]) => ({ name: attribute, value, line, column })),
    children: children.map((child) => build(child, { line, column })),
  };
}
