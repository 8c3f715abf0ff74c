import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, normalize } from 'node:path';
import type { StartProblem } from '../failure/start-problem.ts';
import { splitArguments } from './split-arguments.ts';

/** The program to start, found: what `processPath` and `arguments` mean on this machine. */
export interface Program {
  readonly kind: 'node' | 'dotnet' | 'other';
  /** Absolute path of an executable file. */
  readonly path: string;
  readonly arguments: readonly string[];
  /** ASP.NET Core, which understands the module's shutdown message and headers. */
  readonly aspNetCore: boolean;
}

/** Where programs are looked for; passed in so that tests own the machine. */
export interface ProgramSearch {
  readonly applicationFolder: string;
  /** `PATH`, split. */
  readonly path: readonly string[];
  readonly dotnetRoot?: string;
  /** The Node.js that runs Poolhouse: used for `node` when there is none on the path. */
  readonly ownNode: string;
}

export type ProgramResult = { readonly program: Program } | { readonly problem: StartProblem };

/**
 * Finds the program of an application (module reference, `processPath` resolution and its Linux table).
 * `\` is a separator, `.exe` may be missing on disk, `dotnet` and `node` are found where they are installed.
 *
 * @param processPath `%VAR%` already expanded
 */
export function findProgram(processPath: string, argumentText: string, search: ProgramSearch): ProgramResult {
  const written = processPath.replaceAll('\\', '/');
  const driveProblem = /^[A-Za-z]:\//.test(written)
    ? `processPath "${processPath}" is a Windows path; write a Linux path, or a name that is on PATH`
    : undefined;
  const name = basename(written)
    .replace(/\.exe$/i, '')
    .toLowerCase();
  const words = splitArguments(argumentText).map((word) => toLinuxPath(word, search.applicationFolder));

  if (name === 'dotnet') {
    const path = firstExecutable(dotnetCandidates(written, search));
    if (path === undefined)
      return missing(
        'runtime',
        `dotnet was not found on PATH, in DOTNET_ROOT or in the usual folders; install the .NET runtime or name it in processPath`,
      );
    if (words.length === 0)
      return missing(
        'program',
        'processPath is dotnet, but arguments are empty; name the application assembly, for example .\\MyApp.dll',
      );
    return checked({ kind: 'dotnet', path, arguments: words, aspNetCore: true }, search);
  }
  if (name === 'node' && !existsAbsolute(written)) {
    const path = firstExecutable(search.path.map((folder) => join(folder, 'node'))) ?? search.ownNode;
    return { program: { kind: 'node', path, arguments: words, aspNetCore: false } };
  }
  if (driveProblem !== undefined) return missing('program', driveProblem);
  return findFile(written, processPath, words, search);
}

function findFile(
  written: string,
  processPath: string,
  words: readonly string[],
  search: ProgramSearch,
): ProgramResult {
  const relative = isAbsolute(written) ? [written] : [join(search.applicationFolder, written)];
  const candidates = relative.flatMap((path) => [path, path.replace(/\.exe$/i, '')]);
  if (!written.includes('/'))
    candidates.push(
      ...search.path.flatMap((folder) => [join(folder, written), join(folder, written.replace(/\.exe$/i, ''))]),
    );
  const path = firstExecutable(candidates);
  if (path !== undefined) {
    const assembly = path.replace(/\.(exe|dll)$/i, '');
    const aspNetCore = existsSync(`${assembly}.runtimeconfig.json`);
    const kind = /^node(js)?$/.test(basename(path)) ? 'node' : 'other';
    return { program: { kind, path, arguments: words, aspNetCore } };
  }
  const assembly = candidates
    .map((candidate) => candidate.replace(/\.exe$/i, ''))
    .find((base) => existsSync(`${base}.dll`) && existsSync(`${base}.runtimeconfig.json`));
  if (assembly !== undefined)
    return findProgram('dotnet', `"${assembly}.dll" ${words.map(quote).join(' ')}`.trim(), search);
  const unusable = candidates.find((candidate) => existsSync(candidate));
  if (unusable !== undefined)
    return missing('program', `${unusable} exists but is not an executable file; add the x permission (chmod +x)`);
  return missing(
    'program',
    `processPath "${processPath}" was not found: neither in the application folder ${search.applicationFolder} nor on PATH`,
  );
}

function dotnetCandidates(written: string, search: ProgramSearch): string[] {
  return [
    ...(existsAbsolute(written) ? [written] : [join(search.applicationFolder, 'dotnet')]),
    ...search.path.map((folder) => join(folder, 'dotnet')),
    ...(search.dotnetRoot === undefined ? [] : [join(search.dotnetRoot, 'dotnet')]),
    ...installLocation(),
    ...['/usr/share/dotnet/dotnet', '/usr/lib/dotnet/dotnet', '/usr/local/share/dotnet/dotnet'],
  ];
}

/** A missing assembly, or one that was published for Windows, is told apart from an application that fails. */
function checked(program: Program, search: ProgramSearch): ProgramResult {
  const assembly = program.arguments.find((word) => word.toLowerCase().endsWith('.dll'));
  if (
    assembly !== undefined &&
    !existsSync(isAbsolute(assembly) ? assembly : join(search.applicationFolder, assembly))
  ) {
    return missing(
      'program',
      `the application assembly ${assembly} was not found in ${search.applicationFolder}; publish the application into that folder`,
    );
  }
  return { program };
}

/** `.\server.js` and `bin\app.dll` are files of the application; any other word passes unchanged. */
function toLinuxPath(word: string, folder: string): string {
  if (!word.includes('\\') || word.includes('/')) return word;
  const path = word.replaceAll('\\', '/');
  return existsSync(join(folder, path)) ? normalize(path) : word;
}

function installLocation(): string[] {
  try {
    return [join(readFileSync('/etc/dotnet/install_location', 'utf8').trim(), 'dotnet')];
  } catch {
    return []; // not installed by a package that writes it
  }
}

function existsAbsolute(path: string): boolean {
  return isAbsolute(path) && existsSync(path);
}

function firstExecutable(candidates: readonly string[]): string | undefined {
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  });
}

function missing(stage: StartProblem['stage'], message: string): ProgramResult {
  return { problem: { stage, message, critical: true } };
}

function quote(word: string): string {
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"')}"`;
}

/** Folders of a `PATH` variable. */
export function pathFolders(path: string | undefined): string[] {
  return (path ?? '').split(':').filter((folder) => isAbsolute(folder));
}
