import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { treeMemory } from './tree-memory.ts';

const mebibyte = 1024 * 1024;

/** Holds 64 MiB, or has a child that does; says so when it has it. */
const hold = "globalThis.kept = Buffer.alloc(64 * 1024 * 1024, 1); console.log('held'); setInterval(() => {}, 1e6)";
const parent = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(hold)}]);
  child.stdout.pipe(process.stdout);
  process.on('disconnect', () => { child.kill('SIGKILL'); process.exit(); });`;

it('P-105 what a child of the process holds counts', async () => {
  const root = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    const before = treeMemory([process.pid]).get(process.pid);
    await once(root.stdout!, 'data');
    const memory = treeMemory([root.pid as number, process.pid]);
    const held = memory.get(root.pid as number);
    expect(held?.privateBytes).toBeGreaterThan(64 * mebibyte);
    expect(held?.residentBytes).toBeGreaterThan(held?.privateBytes as number);
    expect(memory.get(process.pid)?.privateBytes).toBeGreaterThan(before?.privateBytes as number);
  } finally {
    root.disconnect();
    await once(root, 'exit');
  }
});

it('P-53 reserved address space is no memory', async () => {
  const reserve =
    "const { memory } = { memory: new WebAssembly.Memory({ initial: 1, maximum: 65536 }) }; globalThis.kept = memory; console.log('reserved'); setInterval(() => {}, 1e6)";
  const child = spawn(process.execPath, ['-e', reserve], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(treeMemory([child.pid as number]).get(child.pid as number)?.residentBytes).toBeLessThan(512 * mebibyte);
  child.kill('SIGKILL');
  await once(child, 'exit');
});

it('a process that is gone has no figure', () => {
  expect(treeMemory([2 ** 22 + 1]).size).toBe(0);
});
