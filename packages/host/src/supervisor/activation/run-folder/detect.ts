import { childElements, parseXml, XmlError, type XmlElement } from '@poolhouse/configuration';
import type { FolderFacts } from './folder-facts.ts';
import { nodeEntry, nodePackage } from './node-program.ts';
import { dotnetApplication, pythonApplication, rubyApplication } from './other-programs.ts';
import type { FolderDecision } from './program.ts';

/**
 * Finds out what a folder holds; the first that fits counts:
 *
 *   1. a web.config that names a program: as configured
 *   2. a published .NET application
 *   3. a package.json with `scripts.start`, `main` or `bin`: Node.js
 *   4. `server.js` and the like
 *   5. Python   6. Ruby   7. files
 *
 * @throws FolderProblem for what looks like an application and cannot be run as it is
 */
export async function detectFolder(folder: FolderFacts): Promise<FolderDecision> {
  return (
    (await configured(folder)) ??
    dotnetApplication(folder) ??
    (await nodePackage(folder)) ??
    nodeEntry(folder) ??
    pythonApplication(folder) ??
    rubyApplication(folder) ??
    files(folder)
  );
}

/** Modules whose handler leads to a program. */
const hostingModules = ['aspnetcoremodulev2', 'aspnetcoremodule', 'httpplatformhandler', 'iisnode'];

async function configured(folder: FolderFacts): Promise<FolderDecision | undefined> {
  const name = folder.names.find((candidate) => candidate.toLowerCase() === 'web.config');
  const text = name === undefined ? undefined : await folder.read(name);
  if (name === undefined || text === undefined) return undefined;
  try {
    const { root } = parseXml(new TextEncoder().encode(text), name);
    return namesProgram(root) ? { runtime: 'configured', reason: `${name} names the program` } : undefined;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    // Whatever else the folder holds, what this file means is not known; serving it says what is wrong.
    return { runtime: 'configured', reason: `the folder has ${name}` };
  }
}

function namesProgram(element: XmlElement): boolean {
  const modules = element.name === 'add' ? element.attributes.find(({ name }) => name === 'modules')?.value : undefined;
  if (modules !== undefined && hostingModules.includes(modules.toLowerCase())) return true;
  return childElements(element).some(namesProgram);
}

function files({ names }: FolderFacts): FolderDecision {
  const index = ['index.html', 'index.htm', 'Default.htm'].find((name) => names.includes(name));
  return { runtime: 'static', reason: index === undefined ? 'the folder holds files' : `the folder has ${index}` };
}
