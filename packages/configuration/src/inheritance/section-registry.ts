import { errorAt, formatOrigin, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { faultLimit } from '../diagnostics/fault-limit.ts';
import type { Origin } from '../schema/effective-element.ts';
import type { AllowDefinition, SectionSchema } from '../schema/section-schema.ts';
import { attributeOf, childElements, type XmlElement } from '../xml/document.ts';

/** A section that files may use at a level: built in, or declared in `configSections`. */
export interface SectionDeclaration {
  readonly path: string;
  /** Undefined when a file declares a section that nothing here knows: it is kept and not read. */
  readonly schema: SectionSchema | undefined;
  readonly allowDefinition: AllowDefinition;
  readonly overrideModeDefault: 'Allow' | 'Deny';
  readonly allowLocation: boolean;
  /** Depth of the declaring file; 0 is the server's. */
  readonly depth: number;
  /** Undefined when it is built in. */
  readonly origin: Origin | undefined;
  /** What the section holds before any file. */
  readonly content: BuiltInContent | undefined;
}

/** Content that comes with the program. A list of it gives way as a whole to one that the server's file writes. */
export interface BuiltInContent {
  readonly element: XmlElement;
  /** Stands for a file in messages. */
  readonly file: string;
}

/** What may stand in files of one level: the parent's declarations and those of the level's own file. */
export interface SectionRegistry {
  find(path: string): SectionDeclaration | undefined;
  /** Whether sections stand below this path. */
  isGroup(path: string): boolean;
  /** Whether everything at and below this path is skipped unread: settings of the .NET Framework. */
  isIgnored(path: string): boolean;
  /** Every declaration, nearest first, each path once. */
  declarations(): Iterable<SectionDeclaration>;
}

/** Registry of the server level before any file is read: every known section is declared with its own mode and scope. */
export function builtInRegistry(
  schemas: readonly SectionSchema[],
  ignored: readonly string[],
  content: ReadonlyMap<string, BuiltInContent> = new Map(),
): SectionRegistry {
  const declarations = new Map<string, SectionDeclaration>();
  for (const schema of schemas) {
    if (declarations.has(schema.path)) throw new TypeError(`section ${schema.path} has two schemas`);
    declarations.set(schema.path, {
      path: schema.path,
      schema,
      allowDefinition: schema.allowDefinition ?? 'Everywhere',
      overrideModeDefault: schema.overrideModeDefault,
      allowLocation: schema.allowLocation ?? true,
      depth: 0,
      origin: undefined,
      content: content.get(schema.path),
    });
  }
  return layer(undefined, declarations, new Set(), new Set(ignored));
}

export interface RegistrationContext {
  readonly file: string;
  readonly level: string;
  readonly depth: number;
}

/** Adds what a file's `configSections` declares for its level and below. */
export function extendRegistry(
  parent: SectionRegistry,
  configSections: XmlElement,
  context: RegistrationContext,
): { readonly registry: SectionRegistry; readonly diagnostics: readonly Diagnostic[] } {
  const declarations = new Map<string, SectionDeclaration>();
  const groups = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  const refuse = (
    origin: Origin,
    code: 'duplicate' | 'invalidValue' | 'missingAttribute' | 'unknownElement',
    message: string,
    details: Partial<Diagnostic>,
  ): void => {
    diagnostics.push(errorAt(origin, code, message, { level: context.level, ...details }));
  };

  const visit = (container: XmlElement, group: string): void => {
    for (const element of childElements(container)) {
      if (diagnostics.length >= faultLimit) return;
      const origin: Origin = { file: context.file, line: element.line, column: element.column };
      const name = attributeOf(element, 'name')?.value;
      if (element.name !== 'section' && element.name !== 'sectionGroup') {
        refuse(
          origin,
          'unknownElement',
          `Unrecognized element '${element.name}' in configSections: it holds section and sectionGroup.`,
          {},
        );
        continue;
      }
      if (name === undefined || name === '') {
        refuse(origin, 'missingAttribute', `Missing required attribute 'name' of <${element.name}>.`, {
          attribute: 'name',
        });
        continue;
      }
      const path = group === '' ? name : `${group}/${name}`;
      if (parent.isIgnored(path)) continue;
      if (element.name === 'sectionGroup') {
        groups.add(path);
        visit(element, path);
        continue;
      }
      const inherited = parent.find(path);
      const first = declarations.get(path) ?? inherited;
      // Only the server's own file may restate what is built in.
      if (first !== undefined && !(context.depth === 0 && first.origin === undefined)) {
        const where = first.origin === undefined ? 'built in' : `declared at ${formatOrigin(first.origin)}`;
        refuse(origin, 'duplicate', `Duplicate section '${path}': it is already ${where}.`, {
          section: path,
          ...(first.origin === undefined ? {} : { related: first.origin }),
        });
        continue;
      }
      const declared = readDeclaration(element, {
        path,
        schema: inherited?.schema,
        depth: context.depth,
        origin,
        content: inherited?.content,
      });
      if ('expected' in declared) {
        refuse(
          origin,
          'invalidValue',
          `The '${declared.attribute}' attribute is invalid: it should be ${declared.expected}.`,
          { section: path, ...declared },
        );
      } else {
        declarations.set(path, declared);
      }
    }
  };
  visit(configSections, '');
  return { registry: layer(parent, declarations, groups, new Set()), diagnostics };
}

/** Legal values of the attributes of `section`; the first one holds when a file says nothing. */
const choices = {
  allowDefinition: ['Everywhere', 'MachineOnly', 'MachineToRootWeb', 'MachineToApplication', 'AppHostOnly'],
  overrideModeDefault: ['Allow', 'Deny'],
  allowLocation: ['true', 'false'],
} as const;

interface RefusedAttribute {
  readonly attribute: string;
  readonly text: string;
  readonly expected: string;
}

/** What a `section` element declares; unlike a built-in one, it is open where it says nothing. */
function readDeclaration(
  element: XmlElement,
  declared: Pick<SectionDeclaration, 'path' | 'schema' | 'depth' | 'origin' | 'content'>,
): SectionDeclaration | RefusedAttribute {
  const chosen: Record<string, string> = {};
  for (const [attribute, names] of Object.entries(choices)) {
    const text = attributeOf(element, attribute)?.value ?? names[0];
    const name = names.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
    if (name === undefined) return { attribute, text, expected: `one of ${names.join(', ')}` };
    chosen[attribute] = name;
  }
  return {
    ...declared,
    allowDefinition: chosen['allowDefinition'] as AllowDefinition,
    overrideModeDefault: chosen['overrideModeDefault'] as 'Allow' | 'Deny',
    allowLocation: chosen['allowLocation'] === 'true',
  };
}

function layer(
  parent: SectionRegistry | undefined,
  own: ReadonlyMap<string, SectionDeclaration>,
  declaredGroups: ReadonlySet<string>,
  ignored: ReadonlySet<string>,
): SectionRegistry {
  const groups = new Set(declaredGroups);
  for (const path of own.keys()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) groups.add(path.slice(0, end));
  }
  return {
    find: (path) => own.get(path) ?? parent?.find(path),
    isGroup: (path) => groups.has(path) || (parent?.isGroup(path) ?? false),
    isIgnored: (path) => ignored.has(path) || (parent?.isIgnored(path) ?? false),
    *declarations() {
      yield* own.values();
      for (const declaration of parent?.declarations() ?? []) if (!own.has(declaration.path)) yield declaration;
    },
  };
}

/** Whether anything looks into a section: one without a schema, or with an ignored body, is only kept. */
export function isRead(declaration: SectionDeclaration): boolean {
  return declaration.schema !== undefined && declaration.schema.bodyPolicy === undefined;
}
