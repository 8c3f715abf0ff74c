import { XmlError } from './xml-error.ts';

/** Largest configuration file, in bytes. */
export const fileSizeLimit = 8 * 1024 * 1024;

const start = { line: 1, column: 1 };

/**
 * Bytes of a configuration file as text: UTF-8 with or without byte order mark, or UTF-16 with one. Throws an
 * `XmlError` for anything else, also when the declaration names an encoding that the bytes are not in.
 */
export function decodeXml(bytes: Uint8Array): string {
  if (bytes.length > fileSizeLimit) {
    throw new XmlError(`The file has ${bytes.length} bytes; configuration files may have ${fileSizeLimit}.`, start);
  }
  if (bytes.length === 0) throw new XmlError('The file is empty; the least it may hold is <configuration/>.', start);
  const encoding = encodingOf(bytes);
  const text = decode(bytes, encoding);
  if (text.trim() === '') {
    throw new XmlError('The file holds only white space; the least it may hold is <configuration/>.', start);
  }
  const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/.exec(text.slice(0, 400))?.[1];
  if (declared !== undefined && !isSpellingOf(declared, encoding)) {
    const found = encoding === 'utf-8' ? 'UTF-8' : 'UTF-16';
    throw new XmlError(
      `The XML declaration says "${declared.slice(0, 40)}", but configuration files are read as ${found}: ` +
        'save the file as UTF-8 and say so, or leave the declaration out.',
      start,
    );
  }
  return text;
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function decode(bytes: Uint8Array, encoding: Encoding): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    const hint = encoding === 'utf-8' ? ' Save it as UTF-8, or as UTF-16 with a byte order mark.' : '';
    throw new XmlError(`The file is not valid ${encoding.toUpperCase()}.${hint}`, start);
  }
}

function isSpellingOf(declared: string, encoding: Encoding): boolean {
  const name = declared.toLowerCase();
  // ASCII is a part of UTF-8, so a file that says so and decodes is what it says.
  if (encoding === 'utf-8') return name === 'utf-8' || name === 'utf8' || name === 'us-ascii';
  return name === 'utf-16' || name === encoding;
}
