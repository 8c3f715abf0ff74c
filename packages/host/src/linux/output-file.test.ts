import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutputFile } from './output-file.ts';

const mebibytes = (count: number, letter: string): Buffer => Buffer.alloc(count * 1024 * 1024, letter);
const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'poolhouse-output-')), 'pool.0.log');

describe('the file of an output', () => {
  it('is copied aside and emptied when it is large, and three older pieces are kept', () => {
    const path = newPath();
    const file = new OutputFile(path);
    for (const letter of ['a', 'b', 'c', 'd']) {
      writeFileSync(file.fd, mebibytes(11, letter));
      file.rotateIfLarge();
    }
    expect(file.size()).toBe(0);
    const first = (piece: number): string => readFileSync(`${path}.${piece}`, 'latin1').slice(0, 1);
    expect([first(1), first(2), first(3), existsSync(`${path}.4`)]).toEqual(['d', 'c', 'b', false]);
    file.close();
  });

  it('is left alone while it is small', () => {
    const path = newPath();
    const file = new OutputFile(path);
    writeFileSync(file.fd, 'line\n');
    file.rotateIfLarge();
    expect([file.size(), existsSync(`${path}.1`)]).toEqual([5, false]);
    file.close();
  });

  it('that somebody removed is still bounded, and what it held is kept', () => {
    const path = newPath();
    const file = new OutputFile(path);
    writeFileSync(file.fd, mebibytes(11, 'a'));
    rmSync(path);
    file.rotateIfLarge();
    expect([file.size(), statSync(`${path}.1`).size]).toEqual([0, 11 * 1024 * 1024]);
    file.close();
  });

  it('is emptied also when there is no room for a copy', () => {
    const path = newPath();
    const file = new OutputFile(path);
    writeFileSync(file.fd, mebibytes(11, 'a'));
    for (const piece of [1, 2, 3]) mkdirSync(`${path}.${piece}/in-the-way`, { recursive: true });
    file.rotateIfLarge();
    expect(file.size()).toBe(0);
    file.close();
  });
});
