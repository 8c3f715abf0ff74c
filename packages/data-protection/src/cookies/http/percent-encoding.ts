/** As .NET's `Uri.EscapeDataString`: all but letters, digits and `-._~`. @throws URIError for a lone surrogate */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** As .NET's `Uri.UnescapeDataString`: what is no UTF-8 in percent signs stays as it is. */
export function percentDecode(text: string): string {
  return text.includes('%') ? text.replaceAll(/(?:%[0-9a-f]{2})+/gi, decoded) : text;
}

function decoded(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return escapes;
  }
}
