import { nearestName } from '../diagnostics/nearest-name.ts';
import { parseAttributeValue } from '../schema/attribute-value.ts';
import type { AttributeSchema, ElementSchema } from '../schema/section-schema.ts';
import type { XmlAttribute, XmlElement } from '../xml/document.ts';
import { isLockAttribute, lockFor, readLock, type Lock } from './lock.ts';
import type { MergedElement, Setting } from './merged-element.ts';
import type { MergeScope } from './merge-scope.ts';

/** Accepted on any section and read by nobody here. */
const toleratedAttributes = new Set(['configBuilders']);

export interface AppliedAttributes {
  readonly attributes: ReadonlyMap<string, Setting>;
  readonly locks: readonly Lock[];
  /** Every attribute could be read, none is missing. */
  readonly complete: boolean;
}

/**
 * Puts the attributes of one layer over those of shallower files. An attribute that cannot be read keeps what
 * it had. `anyName` keeps attributes that the schema does not know.
 */
export function applyAttributes(
  schema: ElementSchema,
  previous: MergedElement | undefined,
  element: XmlElement,
  scope: MergeScope,
  anyName: boolean,
): AppliedAttributes {
  const attributes = new Map(previous?.attributes);
  const locks = [...(previous?.locks ?? [])];
  const written = new Set<string>();
  let complete = true;
  const refuse = (
    attribute: XmlAttribute,
    ...reason: [code: Parameters<MergeScope['refuse']>[1], message: string, expected?: string]
  ): void => {
    const [code, message, expected] = reason;
    complete = false;
    // The text of a misspelled attribute may be a secret too.
    const shown = expected !== undefined && !isSecret(schemaOf(schema, attribute.name));
    scope.refuse(attribute, code, message, {
      attribute: attribute.name,
      ...(shown ? { text: attribute.value } : {}),
      ...(expected === undefined ? {} : { expected }),
    });
  };

  for (const attribute of element.attributes) {
    if (scope.full) break;
    const { name, value: text } = attribute;
    if (isLockAttribute(name)) {
      const lock = readLock(name, text, schema, scope.place.depth, scope.at(attribute));
      if (lock !== undefined && 'expected' in lock) {
        refuse(
          attribute,
          'invalidValue',
          `The '${name}' attribute is invalid: it should be ${lock.expected}.`,
          lock.expected,
        );
      } else if (lock !== undefined) locks.push(lock);
      continue;
    }
    if (scope.path === '' && toleratedAttributes.has(name)) continue;
    const attributeSchema = schemaOf(schema, name) ?? (anyName ? ({ type: 'string' } as const) : undefined);
    if (attributeSchema === undefined) {
      refuse(attribute, ...unknownAttribute(name, schema, scope));
      continue;
    }
    written.add(name);
    const lock = lockFor(previous?.locks ?? [], 'attributes', name, scope.place.depth);
    if (lock !== undefined) {
      complete = false;
      scope.refuseLocked(attribute, `attribute '${name}'`, lock, { attribute: name });
      continue;
    }
    const parsed = parseAttributeValue(attributeSchema, text);
    if ('value' in parsed) {
      attributes.set(name, { value: parsed.value, origin: scope.at(attribute) });
    } else {
      const code = parsed.kind === 'range' ? 'outOfRange' : 'invalidValue';
      const found = isSecret(attributeSchema) ? 'It' : `"${text}"`;
      const message = `The '${name}' attribute is invalid. ${found} should be ${parsed.expected}.`;
      refuse(attribute, code, message, parsed.expected);
    }
  }

  for (const [name, attributeSchema] of Object.entries(schema.attributes ?? {})) {
    if (attributeSchema.required !== true || attributes.has(name) || written.has(name)) continue;
    complete = false;
    scope.refuse(element, 'missingAttribute', `Missing required attribute '${name}' of ${scope.name}.`, {
      attribute: name,
    });
  }
  return { attributes, locks, complete };
}

function unknownAttribute(
  name: string,
  schema: ElementSchema,
  scope: MergeScope,
): ['unknownAttribute' | 'unsupported', string] {
  if (name === 'configProtectionProvider') {
    return [
      'unsupported',
      `${scope.name} is encrypted as a whole (configProtectionProvider), which only the Windows server that wrote it can read: enter it again in plain text.`,
    ];
  }
  if (name === 'childSource') {
    return ['unsupported', 'childSource is not supported: use configSource, or write the content here.'];
  }
  const hint = schema.hints?.[name];
  if (hint !== undefined) return ['unknownAttribute', `Unrecognized attribute '${name}' of ${scope.name}: ${hint}`];
  const names = Object.keys(schema.attributes ?? {});
  const meant = nearestName(name, names);
  const legal = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return ['unknownAttribute', `Unrecognized attribute '${name}' of ${scope.name}: ${legal}.${question}`];
}

function isSecret(schema: AttributeSchema | undefined): boolean {
  return schema?.type === 'string' && schema.encrypted === true;
}

/** Own properties only: an attribute may be named `constructor`. */
export function schemaOf(schema: ElementSchema, name: string): AttributeSchema | undefined {
  return schema.attributes !== undefined && Object.hasOwn(schema.attributes, name)
    ? schema.attributes[name]
    : undefined;
}
