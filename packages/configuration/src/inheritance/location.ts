import { errorAt, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { faultLimit } from '../diagnostics/fault-limit.ts';
import type { Origin } from '../schema/effective-element.ts';
import { attributeOf, type XmlElement } from '../xml/document.ts';

/** What the attributes of a `location` element say. */
export interface Location {
  /** Relative to the level of the file, in the file's own case; empty = that level itself. */
  readonly path: string;
  readonly overrideMode: 'Allow' | 'Deny' | 'Inherit';
  readonly inheritInChildApplications: boolean;
  readonly origin: Origin;
}

const known: readonly string[] = ['path', 'overrideMode', 'allowOverride', 'inheritInChildApplications'];

/** Reads a `location` element; undefined with a diagnostic when it cannot hold. */
export function readLocation(
  element: XmlElement,
  file: string,
  level: string,
  diagnostics: Diagnostic[],
): Location | undefined {
  const origin: Origin = { file, line: element.line, column: element.column };
  let faults = 0;
  const refuse = (
    code: 'invalidLocation' | 'unknownAttribute' | 'invalidValue',
    message: string,
    attribute: string,
    text?: string,
  ): void => {
    const place = element.attributes.find(({ name }) => name === attribute) ?? element;
    faults += 1;
    diagnostics.push(
      errorAt({ file, line: place.line, column: place.column }, code, message, {
        level,
        element: 'location',
        attribute,
        ...(text === undefined ? {} : { text }),
      }),
    );
  };
  const choose = <Name extends string>(attribute: string, names: readonly Name[]): Name | undefined => {
    const text = attributeOf(element, attribute)?.value;
    if (text === undefined) return undefined;
    const name = names.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
    if (name === undefined) {
      refuse(
        'invalidValue',
        `The '${attribute}' attribute of location is invalid: it should be one of ${names.join(', ')}.`,
        attribute,
        text,
      );
    }
    return name;
  };

  for (const { name } of element.attributes) {
    if (!known.includes(name) && diagnostics.length < faultLimit) {
      refuse('unknownAttribute', `Unrecognized attribute '${name}' of location: it has ${known.join(', ')}.`, name);
    }
  }
  const overrideMode = choose('overrideMode', ['Allow', 'Deny', 'Inherit']);
  const allowOverride = choose('allowOverride', ['true', 'false']);
  const inheritInChildApplications = choose('inheritInChildApplications', ['true', 'false']) !== 'false';
  if (overrideMode !== undefined && allowOverride !== undefined) {
    refuse('invalidLocation', 'overrideMode and allowOverride exclude each other: keep overrideMode.', 'allowOverride');
  }
  const text = attributeOf(element, 'path')?.value ?? '';
  const problem = pathProblem(text);
  if (problem !== undefined)
    refuse('invalidLocation', `The location path "${text}" is invalid: ${problem}.`, 'path', text);
  if (faults > 0) return undefined;
  const legacy = allowOverride === undefined ? 'Inherit' : allowOverride === 'true' ? 'Allow' : 'Deny';
  return { path: text === '.' ? '' : text, overrideMode: overrideMode ?? legacy, inheritInChildApplications, origin };
}

/** Why a path of a `location` cannot be one. */
function pathProblem(path: string): string | undefined {
  if (path === '' || path === '.') return undefined;
  if (path.startsWith('/') || path.endsWith('/')) return 'it neither begins nor ends with /';
  if (path.includes('\\')) return 'it uses / between segments';
  if (/[?*]/.test(path)) return 'it names one place, without ?, * or query string';
  if (/^[a-z]:/i.test(path)) return 'it is a path in the site, not on a drive';
  const segments = path.split('/');
  return segments.some((segment) => segment === '' || segment === '.' || segment === '..')
    ? 'it has no empty, . or .. segment'
    : undefined;
}
