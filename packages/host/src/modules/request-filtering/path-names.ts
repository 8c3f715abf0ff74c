import { foldPath } from '../../gateway/pipeline/fold-path.ts';

/**
 * Names of a path as Windows would open them, folded: without a stream (`::$DATA`) and without
 * trailing dots and blanks. Rules written for Windows must not be passed with a name that only Linux
 * tells apart: `/web.config.` is `web.config` to them.
 */
export function namesOf(cookedPath: string): string[] {
  return foldPath(cookedPath)
    .slice(1)
    .split('/')
    .map((name) => (plainName.test(name) ? name : (name.split(':', 1)[0] as string).replace(/[. ]+$/, '')));
}

const plainName = /^[^:]*[^:. ]$/;

/** From the last dot on; empty without a dot. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? '' : name.slice(dot);
}
