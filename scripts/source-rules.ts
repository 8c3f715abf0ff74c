import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './step.ts';
import type { StepResult } from './step.ts';

/** A rule of the sources that no linter knows: text that may not stand in some files, and why. */
interface SourceRule {
  readonly pattern: RegExp;
  /** Files to look at, relative to the repository. */
  readonly files: RegExp;
  readonly message: string;
}

const rules: readonly SourceRule[] = [
  {
    pattern: /['"`]\/proc\//,
    // data-protection is published on its own and imports nothing of ours.
    files: /^packages\/(?!host\/src\/linux\/|data-protection\/).*\.ts$/,
    message: 'only packages/host/src/linux reads /proc',
  },
  {
    pattern: /\b(?:TO[D]O|FIX[M]E|XX[X])\b/,
    files: /\.(?:ts|md)$/,
    message: 'finish it, or fail with a clear message: the sources keep no reminders',
  },
  {
    pattern: /^\s*(?:it|test|describe)\.(?:only|todo)\b/,
    files: /\.test\.ts$/,
    message: 'a focused test hides the others, a planned one tests nothing',
  },
];

/** Checks every rule on every source file of the repository. */
export async function checkSources(): Promise<StepResult> {
  const begun = performance.now();
  const findings: string[] = [];
  for (const file of await sourceFiles()) {
    const applicable = rules.filter((rule) => rule.files.test(file) && !file.endsWith('source-rules.ts'));
    if (applicable.length === 0) continue;
    const lines = (await readFile(join(repository, file), 'utf8')).split('\n');
    for (const rule of applicable) {
      lines.forEach((line, index) => {
        if (rule.pattern.test(line)) findings.push(`${file}:${index + 1}: ${rule.message}`);
      });
    }
  }
  return {
    name: 'rules of the sources',
    ok: findings.length === 0,
    output: findings.join('\n'),
    durationMs: performance.now() - begun,
  };
}

async function sourceFiles(): Promise<string[]> {
  const skipped = new Set(['node_modules', 'dist', '.git', 'bin', 'obj', 'coverage', '.poolhouse']);
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(repository, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !skipped.has(entry.name)) await walk(path);
      if (entry.isFile() && /\.(?:ts|md)$/.test(entry.name)) found.push(path);
    }
  };
  await walk('');
  return found.sort();
}
