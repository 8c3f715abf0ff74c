import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runCommand, testSystem } from '../testing/test-system.ts';

describe('run refuses', () => {
  it.each<[string[], number, number, string]>([
    [['run', '/srv', '--config', 'a.config'], 1000, 2, 'run takes a folder or --config, not both'],
    [['run', '--site', 'shop'], 1000, 2, '--site chooses among the sites of --config'],
    [['run', '--config', 'a', '--save'], 1000, 2, '--save writes what was decided'],
    [['run', '--port', '0'], 1000, 2, '--port 0: give a number from 1 to 65535'],
    [['run', '--port', '65536'], 1000, 2, '--port 65536'],
    [['run'], 0, 5, 'poolhouse run does not run apps as root'],
    [['run', '/does/not/exist'], 1000, 3, 'there is no folder /does/not/exist'],
  ])('G-22 %j of user %i with %i', async (words, uid, code, message) => {
    const result = await runCommand(testSystem(tmpdir(), { uid }), ...words);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
  });
});
