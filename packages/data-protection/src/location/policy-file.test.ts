import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestLogger } from '../testing/elements.ts';
import { DataProtectionPolicyError } from './policy-error.ts';
import { readPolicyFile } from './policy-file.ts';

describe('readPolicyFile', () => {
  let folder: string;
  let path: string;
  const logger = new TestLogger();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'policy-'));
    path = join(folder, 'data-protection.policy.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('follows none where there is none', () => {
    expect(readPolicyFile(path, logger)).toBeUndefined();
    expect(readPolicyFile(join(path, 'below'), logger)).toBeUndefined();
    expect(logger.lines).toEqual([]);
  });

  describe.skipIf(process.getuid?.() !== 0)('of root (needs root)', () => {
    it('D-64 reads a file that only root may write', () => {
      write('{"DefaultKeyLifetime": 30}');
      expect(readPolicyFile(path, logger)?.newKeyLifetimeDays).toBe(30);
    });

    it.each<[string, () => void, string]>([
      ['belongs to somebody', () => chownSync(path, 1000, 0), 'it must belong to root, not to user 1000'],
      ['is writable by its group', () => chmodSync(path, 0o664), 'not be writable by its group or by others'],
      ['is writable by all', () => chmodSync(path, 0o646), 'not be writable by its group or by others'],
      ['is far too large', () => truncateSync(path, 65_537), 'larger than 65536 bytes'],
    ])('D-64 refuses a file that %s', (_, make, fault) => {
      write('{}');
      make();
      expect(() => readPolicyFile(path, logger)).toThrow(fault);
      expect(() => readPolicyFile(path, logger)).toThrow(DataProtectionPolicyError);
    });

    it('refuses a folder, and names the file with all its faults', () => {
      mkdirSync(path);
      expect(() => readPolicyFile(path, logger)).toThrow('it is not a file');
      rmSync(path, { recursive: true });
      write('{"a": 1, "b": 2}');
      expect(() => readPolicyFile(path, logger)).toThrow(
        new RegExp(`^The data protection policy ${path}.*\n.*"a".*\n.*"b"`),
      );
    });
  });

  function write(text: string): void {
    writeFileSync(path, text);
    chmodSync(path, 0o644);
  }
});
