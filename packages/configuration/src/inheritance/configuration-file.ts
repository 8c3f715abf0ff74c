import { errorAt, formatOrigin, type Diagnostic, type DiagnosticCode } from '../diagnostics/diagnostic.ts';
import { faultLimit } from '../diagnostics/fault-limit.ts';
import { nearestName } from '../diagnostics/nearest-name.ts';
import type { Origin } from '../schema/effective-element.ts';
import { childElements, type XmlDocument, type XmlElement, type XmlPosition } from '../xml/document.ts';
import { includeSource, type IncludedFile } from './config-source.ts';
import { readLocation, type Location } from './location.ts';
import { extendRegistry, isRead, type SectionDeclaration, type SectionRegistry } from './section-registry.ts';

/** The content of one section in one place: written there, or in the file that `configSource` names. */
export interface SectionContent {
  readonly declaration: SectionDeclaration;
  readonly element: XmlElement;
  /** File of `element`. */
  readonly file: string;
  /** Where the section stands in the file that is read for the level. */
  readonly origin: Origin;
}

type Sections = Map<string, SectionContent>;

export interface LocationBlock extends Location {
  readonly sections: ReadonlyMap<string, SectionContent>;
}

/** A file taken apart: what it declares, what it sets for its own level, and what for levels below. */
export interface ConfigurationFile {
  readonly path: string;
  readonly registry: SectionRegistry;
  /** Sections outside any location, by path. */
  readonly body: ReadonlyMap<string, SectionContent>;
  readonly locations: readonly LocationBlock[];
  /** Faults of the file as such. With an error among them nothing of the level or below is usable. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface FileContext {
  /** Configuration path the file is read for; empty for the server's own. */
  readonly level: string;
  /** Number of segments of `level`. */
  readonly depth: number;
  /** Declarations of the level above. */
  readonly registry: SectionRegistry;
  /** Files named by `configSource`, by its text. */
  readonly includes?: ReadonlyMap<string, IncludedFile>;
}

const notInLocation = ['location', 'configSections', 'configProtectedData'];

/**
 * Takes a file apart:
 *
 *   1. the root element
 *   2. `configSections`, first and once: what the file declares for itself and below
 *   3. sections, through their groups: in the body, and in each location
 *   4. no section twice for the same place
 */
export function readConfigurationFile(document: XmlDocument, context: FileContext): ConfigurationFile {
  const { file, root } = document;
  const { level } = context;
  const diagnostics: Diagnostic[] = [];
  const body: Sections = new Map();
  const locations: LocationBlock[] = [];
  let { registry } = context;

  const full = (): boolean => diagnostics.length >= faultLimit;
  const at = ({ line, column }: XmlPosition): Origin => ({ file, line, column });
  const refuse = (
    place: XmlPosition,
    code: DiagnosticCode,
    message: string,
    details: Partial<Diagnostic> = {},
  ): void => {
    diagnostics.push(errorAt(at(place), code, message, { level, ...details }));
  };
  const refuseRepeated = (place: XmlPosition, first: SectionContent): void => {
    const { path } = first.declaration;
    const began = formatOrigin(first.origin);
    const message = `Section ${path} occurs twice for the same place of one file; the first is at ${began}.`;
    refuse(place, 'duplicate', message, { section: path, related: first.origin });
  };

  const collectChildren = (container: XmlElement, group: string, into: Sections): void => {
    for (const child of container.children) {
      if (full()) return;
      if (child.kind === 'text') refuse(child, 'malformed', `Text has no meaning in <${container.name}>.`);
      else if (child.kind === 'element') collect(child, group, into);
    }
  };
  const collect = (element: XmlElement, group: string, into: Sections): void => {
    const path = group === '' ? element.name : `${group}/${element.name}`;
    const declaration = registry.find(path);
    if (declaration !== undefined) collectSection(element, declaration, into);
    else if (registry.isIgnored(path)) return;
    else if (registry.isGroup(path)) collectGroup(element, path, into);
    else refuse(element, ...undeclared(element.name, group, registry));
  };
  const collectGroup = (element: XmlElement, path: string, into: Sections): void => {
    for (const attribute of element.attributes.slice(0, faultLimit)) {
      const message = `Unrecognized attribute '${attribute.name}': the group ${path} has none.`;
      refuse(attribute, 'unknownAttribute', message, { attribute: attribute.name });
    }
    collectChildren(element, path, into);
  };
  const collectSection = (element: XmlElement, declaration: SectionDeclaration, into: Sections): void => {
    const first = into.get(declaration.path);
    if (first !== undefined) {
      if (isRead(declaration)) refuseRepeated(element, first);
      return;
    }
    const included = isRead(declaration) ? includeSource(element, declaration.path, context.includes) : undefined;
    if (included !== undefined && 'problem' in included) {
      const { attribute, problem } = included;
      refuse(attribute, 'invalidInclude', `specified configSource cannot be parsed: "${attribute.value}" ${problem}.`, {
        section: declaration.path,
        attribute: attribute.name,
        text: attribute.value,
      });
      return;
    }
    into.set(declaration.path, { declaration, origin: at(element), element, file, ...included });
  };
  const collectLocation = (element: XmlElement): void => {
    const location = readLocation(element, file, level, diagnostics);
    const sections: Sections = new Map();
    for (const child of childElements(element)) {
      if (full()) return;
      if (notInLocation.includes(child.name)) refuse(child, 'misplaced', `<${child.name}> cannot stand in a location.`);
    }
    const children = element.children.filter(
      (child) => child.kind !== 'element' || !notInLocation.includes(child.name),
    );
    collectChildren({ ...element, children }, '', sections);
    if (location !== undefined) locations.push({ ...location, sections });
  };

  // 1.
  if (root.name !== 'configuration') {
    refuse(root, 'malformed', `The root element is <${root.name}>; it should be <configuration>.`);
    return { path: file, registry, body, locations, diagnostics };
  }

  // 2.
  for (const [index, element] of childElements(root).entries()) {
    if (element.name !== 'configSections' || full()) continue;
    if (index > 0) {
      refuse(element, 'misplaced', 'configSections is the first element of a file and occurs once.');
      continue;
    }
    const extended = extendRegistry(registry, element, { file, level, depth: context.depth });
    registry = extended.registry;
    diagnostics.push(...extended.diagnostics);
  }

  // 3.
  for (const child of root.children) {
    if (full()) break;
    if (child.kind === 'text') refuse(child, 'malformed', 'Text has no meaning in <configuration>.');
    if (child.kind !== 'element' || child.name === 'configSections') continue;
    if (child.name === 'location') collectLocation(child);
    else collect(child, '', body);
  }

  // 4.
  const places = new Map<string, SectionContent>();
  for (const { path, sections } of [{ path: '', sections: body }, ...locations]) {
    for (const content of sections.values()) {
      const key = `${path.toLowerCase()} ${content.declaration.path}`;
      const first = places.get(key);
      if (first === undefined) places.set(key, content);
      else if (isRead(content.declaration) && !full()) refuseRepeated(content.origin, first);
    }
  }
  if (full())
    refuse(root, 'malformed', `The file has more faults than the ${faultLimit} that are told: repair these first.`);
  return { path: file, registry, body, locations, diagnostics };
}

function undeclared(
  name: string,
  group: string,
  registry: SectionRegistry,
): [DiagnosticCode, string, Partial<Diagnostic>] {
  const prefix = group === '' ? '' : `${group}/`;
  const names = new Set<string>();
  for (const { path } of registry.declarations()) {
    if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split('/')[0] as string);
  }
  const meant = nearestName(name, names);
  const hint = meant === undefined ? 'declare it in configSections, or remove it.' : `did you mean ${meant}?`;
  return [
    group === '' ? 'undeclaredSection' : 'unknownElement',
    `Unrecognized element '${name}': no section or group ${prefix}${name} is declared; ${hint}`,
    { element: prefix + name },
  ];
}
