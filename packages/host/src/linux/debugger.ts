import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Whether a debugger holds a process, or may at any moment: something traces it (gdb, lldb, strace, the .NET
 * debugger), or it is a Node.js that was started with an inspector.
 *
 * @returns false for a process that is gone, or that we may not look at
 */
export function isDebugged(pid: number): boolean {
  const tracer = /^TracerPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? '0';
  return tracer !== '0' || hasInspector(read(`/proc/${pid}/cmdline`).split('\0'));
}

/** @param words the command line, its program first */
export function hasInspector([program = '', ...words]: readonly string[]): boolean {
  return /^node(js)?$/.test(basename(program)) && words.some((word) => /^--inspect(-brk|-wait)?(=|$)/.test(word));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // gone meanwhile
  }
}
