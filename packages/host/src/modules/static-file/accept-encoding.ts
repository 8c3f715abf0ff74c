/** Codings for which a file may have a compressed sibling, the better one first. */
export const siblingCodings = [
  { coding: 'br', suffix: '.br' },
  { coding: 'gzip', suffix: '.gz' },
] as const;

export type Coding = (typeof siblingCodings)[number]['coding'];

/**
 * Codings to try for an `Accept-Encoding` field (RFC 9110 §12.5.3), best first: by weight, then in the order
 * above. A coding that is liked less than sending the file as it is, is left out.
 */
export function acceptedCodings(field: string | undefined): readonly Coding[] {
  if (field === undefined || field.trim() === '') return [];
  const weights = parseWeights(field);
  // Unmentioned, the plain file is the last resort (0); named, it competes.
  const identity = weights.get('identity') ?? 0;
  return siblingCodings
    .map(({ coding }) => ({ coding, weight: weights.get(coding) ?? weights.get('*') ?? 0 }))
    .filter(({ weight }) => weight > 0 && weight >= identity)
    .toSorted((left, right) => right.weight - left.weight)
    .map(({ coding }) => coding);
}

function parseWeights(field: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const item of field.split(',')) {
    const match = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?$/i.exec(item);
    if (match === null) continue;
    const name = (match[1] as string).toLowerCase();
    weights.set(name === 'x-gzip' ? 'gzip' : name, match[2] === undefined ? 1 : Number(match[2]));
  }
  return weights;
}

/** Whether a compressed sibling of such a file could be worth having; others are not looked for. */
export function isCompressible(mimeType: string): boolean {
  return compressible.test(mimeType);
}

const compressible =
  /^(?:text\/|image\/(?:svg\+xml|bmp|x-icon)|font\/(?:ttf|otf|collection)|model\/|application\/(?:[^;]*\+(?:json|xml)|json|javascript|xml|wasm|rtf|postscript|octet-stream|vnd\.ms-fontobject|vnd\.unity))/i;
