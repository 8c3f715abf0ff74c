/**
 * Why a place is never served as a file, whatever the configuration says, as the sub-status of its 404; or
 * undefined when its names are fine.
 *
 * Content folders on Linux hold what IIS never saw below a site: dot files, packages of Node.js, settings with
 * passwords. Applications still get such paths; only the file system is closed to them.
 */
export function unservedSubStatus(names: readonly string[]): number | undefined {
  for (const name of names) {
    // Streams of NTFS: rules for `web.config` must not be passed by `web.config::$DATA`.
    if (name.includes(':')) return 0;
    if (name.startsWith('.') && name !== wellKnown) return 9;
    if (hidden.test(name)) return 8;
  }
  return undefined;
}

/** RFC 8615: the one dot folder that is made to be read by others. */
const wellKnown = '.well-known';

const hidden =
  /^(?:web\.config[. ]*|node_modules|package\.json|iisnode\.yml|appsettings.*\.json|.*\.deps\.json|.*\.runtimeconfig\.json)$/i;
