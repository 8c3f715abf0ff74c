import type { FolderFacts } from './folder-facts.ts';
import { FolderProblem, type FolderDecision, type Program } from './program.ts';

/** Entries that people name without a package.json. */
const entries = ['server.js', 'server.mjs', 'server.cjs', 'server.ts', 'index.js', 'index.mjs', 'index.cjs', 'app.js'];

/** A Node.js folder by its package.json: `scripts.start`, `main`, `bin`, in this order. */
export async function nodePackage(folder: FolderFacts): Promise<FolderDecision | undefined> {
  if (!folder.names.includes('package.json')) return undefined;
  const manifest = parseManifest(await folder.read('package.json'));
  const { start, main, bin } = manifest;
  if (start !== undefined) {
    const program = await programOfScript(start, folder);
    if (program !== undefined) {
      return { runtime: 'node', reason: `package.json has scripts.start "${start}"`, program };
    }
    if (main === undefined && bin === undefined) {
      throw new FolderProblem(
        `package.json has scripts.start "${start}", which needs a shell or a program that is not Node.js.`,
        'Write the command that starts the server itself, such as "node server.js", or a web.config that names it.',
      );
    }
  }
  const [field, file] = main === undefined ? ['bin', bin] : ['main', main];
  if (file === undefined) return undefined;
  return { runtime: 'node', reason: `package.json has ${field} "${file}"`, program: node([file]) };
}

/** A Node.js folder by the name of its entry. */
export function nodeEntry(folder: FolderFacts): FolderDecision | undefined {
  const entry = entries.find((name) => folder.names.includes(name));
  return entry === undefined
    ? undefined
    : { runtime: 'node', reason: `the folder has ${entry}`, program: node([entry]) };
}

interface Manifest {
  readonly start: string | undefined;
  readonly main: string | undefined;
  readonly bin: string | undefined;
}

function parseManifest(text: string | undefined): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw new FolderProblem(
      'package.json cannot be read as JSON.',
      'Correct it; `node -p "require(\'./package.json\')"` shows where.',
    );
  }
  const { scripts, main, bin } = record(value);
  return {
    start: textOf(record(scripts)['start']),
    main: textOf(main),
    bin: textOf(bin) ?? textOf(Object.values(record(bin))[0]),
  };
}

/**
 * `scripts.start` as a program, without a shell: variables before the command, `node` with its arguments, or a
 * command of a package that is a Node.js script. Undefined for anything that only a shell understands.
 */
async function programOfScript(script: string, folder: FolderFacts): Promise<Program | undefined> {
  if (/["'`$\\|&;<>()*?#~]/.test(script)) return undefined;
  const words = script.trim().split(/\s+/);
  if (words[0] === 'cross-env') words.shift();
  const variables: (readonly [string, string])[] = [];
  for (let match = assignment(words[0]); match !== undefined; match = assignment(words[0])) {
    variables.push(match);
    words.shift();
  }
  const [command, ...rest] = words;
  if (command === undefined) return undefined;
  if (command === 'node' || command === 'nodejs') return rest.length === 0 ? undefined : node(rest, variables);
  if (command.includes('/')) return undefined;
  const installed = `node_modules/.bin/${command}`;
  const firstLine = (await folder.read(installed))?.split('\n', 1)[0];
  return firstLine !== undefined && /^#!.*\bnode\b/.test(firstLine) ? node([installed, ...rest], variables) : undefined;
}

function assignment(word: string | undefined): readonly [string, string] | undefined {
  const match = /^([A-Za-z_]\w*)=(.*)$/.exec(word ?? '');
  return match === null ? undefined : [match[1] as string, match[2] as string];
}

function node(words: readonly string[], environmentVariables: Program['environmentVariables'] = []): Program {
  return { processPath: 'node', arguments: words, hostingModel: 'inprocess', environmentVariables };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
