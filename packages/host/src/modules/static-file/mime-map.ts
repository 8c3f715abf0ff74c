import { builtInMimeTypes } from './mime-types.ts';
import type { StaticFileSettings } from './settings.ts';

/** Type of a file by its name; undefined when the scope serves no such files. */
export type MimeMap = (name: string) => string | undefined;

/** `.*` stands for every extension that has no type of its own, `.` for names without extension. */
export function createMimeMap(differences: StaticFileSettings['mimeTypes']): MimeMap {
  const own = new Map(Object.entries(differences));
  const typeOf = (extension: string): string | undefined => {
    const type = own.get(extension);
    return type === undefined ? builtInMimeTypes.get(extension) : (type ?? undefined);
  };
  const anyType = typeOf('.*');
  const plainType = typeOf('.');
  return (name) => {
    const dot = name.lastIndexOf('.');
    return dot === -1 || dot === name.length - 1 ? plainType : (typeOf(name.slice(dot).toLowerCase()) ?? anyType);
  };
}
