/** A command line of iisnode, taken apart. */
export interface NodeCommandLine {
  readonly program: string;
  /** What follows the program, as written. */
  readonly options: string;
}

/**
 * Finds the program in `nodeProcessCommandLine`. People write it in four ways: `node`, `node.exe`, a quoted
 * path, and a path with blanks and no quotes. Any `node.exe` of a Windows folder means the `node` of this machine.
 */
export function readNodeCommandLine(text: string): NodeCommandLine {
  const line = text.trim();
  const match =
    /^"([^"]+)"(?:\s+(.*))?$/.exec(line) ??
    /^((?:[A-Za-z]:|%[^%]+%|\\\\|\.)[\\/].*?\.exe)(?:\s+(.*))?$/i.exec(line) ??
    /^(\S+)(?:\s+(.*))?$/.exec(line);
  const program = match?.[1] ?? 'node';
  return { program: isWindowsNode(program) ? 'node' : program, options: match?.[2] ?? '' };
}

function isWindowsNode(program: string): boolean {
  const isWindowsPath = /\\|^[A-Za-z]:|\.exe$/i.test(program);
  return isWindowsPath && /^node(?:\.exe)?$/i.test(program.split(/[\\/]/).at(-1) ?? '');
}
